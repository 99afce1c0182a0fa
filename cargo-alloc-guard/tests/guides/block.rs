//! Owns the reading of those blocks in Markdown that a reader acts on.

/// What a reader acts on, in the order of the document.
#[derive(Debug)]
pub(crate) enum Block {
    Commands(Commands),
    File(File),
}

/// The commands of a `console` block, and what its first line says of them.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    /// Of the fence, counted from 1.
    pub(crate) line: usize,
    /// Why they are not run here.
    pub(crate) no_run: Option<String>,
    /// What has to be installed.
    pub(crate) needs: Vec<String>,
    /// The exit status of the last one.
    pub(crate) exit: i32,
    /// Whether they are about this repository, and not about a project.
    pub(crate) here: bool,
    pub(crate) steps: Vec<Step>,
}

/// A command, and what it prints.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) command: String,
    /// Empty where the block does not say.
    pub(crate) output: String,
    /// The lines of the output in the document, counted from 0.
    pub(crate) lines: std::ops::Range<usize>,
}

/// A block with the word `file` behind the language: its first line is a comment with the path.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    /// All of it, or, of a `diff`, pairs of what is there and what it becomes.
    pub(crate) content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Whole(String),
    Changes(Vec<[String; 2]>),
}

/// Every such block of a document.
///
/// # Panics
/// If a block is not closed, or is not as it has to be.
pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let within: Vec<_> = lines
            .by_ref()
            .take_while(|(_, line)| !line.starts_with("```"))
            .collect();
        let (language, words) = info.split_once(' ').unwrap_or((info, ""));
        if language == "console" {
            let mut commands = Commands::with(words, number + 1);
            for (at, line) in within {
                commands.push(at, line);
            }
            blocks.push(Block::Commands(commands));
        } else if words == "file" {
            let lines: Vec<_> = within.into_iter().map(|(_, line)| line).collect();
            blocks.push(Block::File(File::of(&lines, language == "diff")));
        }
    }
    blocks
}

/// The `console` blocks of a document.
pub(crate) fn commands(document: &str) -> Vec<Commands> {
    let is_commands = |block| match block {
        Block::Commands(commands) => Some(commands),
        Block::File(_) => None,
    };
    blocks(document)
        .into_iter()
        .filter_map(is_commands)
        .collect()
}

impl Commands {
    /// `no-run: REASON` says why nothing is run; `needs=TOOL`, `exit=STATUS` and `here` say how the rest is.
    fn with(words: &str, line: usize) -> Self {
        let mut block = Self {
            line,
            ..Self::default()
        };
        if let Some(reason) = words.strip_prefix("no-run: ") {
            block.no_run = Some(reason.to_owned());
            return block;
        }
        for word in words.split_whitespace() {
            match word.split_once('=') {
                Some(("needs", tool)) => block.needs.push(tool.to_owned()),
                Some(("exit", status)) => block.exit = status.parse().unwrap(),
                None if word == "here" => block.here = true,
                _ => panic!("line {line}: what is `{word}`?"),
            }
        }
        block
    }

    fn push(&mut self, at: usize, line: &str) {
        if let Some(command) = line.strip_prefix("$ ") {
            self.steps.push(Step {
                command: command.to_owned(),
                output: String::new(),
                lines: at + 1..at + 1,
            });
            return;
        }
        let last = self.steps.last_mut();
        let last = last.unwrap_or_else(|| panic!("line {}: a block begins with `$ `", at + 1));
        match line.strip_prefix("> ") {
            Some(more) if last.output.is_empty() => {
                last.command.push('\n');
                last.command.push_str(more);
                last.lines = at + 1..at + 1;
            }
            _ => {
                last.output.push_str(line);
                last.output.push('\n');
                last.lines.end = at + 1;
            }
        }
    }
}

impl File {
    fn of(lines: &[&str], is_diff: bool) -> Self {
        let (first, rest) = lines.split_first().expect("a first line with the path");
        let path = first.trim_start().trim_start_matches(['/', '#']).trim();
        Self {
            path: path.to_owned(),
            content: if is_diff {
                Content::Changes(
                    rest.split(|line| *line == "@@")
                        .filter(|part| !part.is_empty())
                        .map(change)
                        .collect(),
                )
            } else {
                Content::Whole(lines.join("\n") + "\n")
            },
        }
    }
}

/// What is there and what it becomes.
fn change(lines: &[&str]) -> [String; 2] {
    ['-', '+'].map(|side| {
        let lines = lines.iter().filter_map(|line| {
            let (mark, text) = line.split_at_checked(1)?;
            (mark == " " || mark.starts_with(side)).then(|| format!("{text}\n"))
        });
        lines.collect()
    })
}

#[test]
fn a_block_is_commands_and_what_they_print() {
    let text = "a\n```console needs=jq exit=2\n$ one\nsaid\n\n$ two \\\n> more\n```\n```sh\n$ not\n```\n\
                ```console no-run: takes an hour\n$ three\n```\n";
    let commands = commands(text);
    let [first, second] = &commands[..] else {
        panic!("{commands:?}");
    };
    let steps: Vec<_> = first
        .steps
        .iter()
        .map(|step| (&step.command[..], &step.output[..], step.lines.clone()))
        .collect();
    assert_eq!(
        steps,
        [("one", "said\n\n", 3..5), ("two \\\nmore", "", 7..7)]
    );
    let needs = ["jq".to_owned()];
    assert_eq!(
        (first.line, first.exit, &first.needs[..]),
        (2, 2, &needs[..])
    );
    assert_eq!(second.no_run.as_deref(), Some("takes an hour"));
}

#[test]
fn a_block_is_a_file_or_what_changes_in_it() {
    let text = "```rust file\n// src/a.rs\nfn a() {}\n```\n```rust\n// not/b.rs\n```\n\
                ```diff file\n # c.toml\n@@\n a\n-b\n+c\n@@\n+d\n e\n```\n";
    let files: Vec<_> = blocks(text)
        .into_iter()
        .map(|block| match block {
            Block::File(file) => (file.path, file.content),
            Block::Commands(commands) => panic!("{commands:?}"),
        })
        .collect();
    let pair = |before: &str, after: &str| [before.to_owned(), after.to_owned()];
    let changes = vec![pair("a\nb\n", "a\nc\n"), pair("e\n", "d\ne\n")];
    assert_eq!(
        files,
        [
            (
                "src/a.rs".to_owned(),
                Content::Whole("// src/a.rs\nfn a() {}\n".to_owned())
            ),
            ("c.toml".to_owned(), Content::Changes(changes)),
        ]
    );
}
