//! Owns the reading of `console` blocks in Markdown.

/// The commands of one block, and what its first line says of them.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Of the fence, counted from 1.
    pub(crate) line: usize,
    /// Why it is not run here.
    pub(crate) no_run: Option<String>,
    /// What has to be installed.
    pub(crate) needs: Vec<String>,
    /// The exit status of its last command.
    pub(crate) exit: i32,
    /// Whether it is about this repository, and not about a project.
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

/// Every `console` block of a document.
///
/// # Panics
/// If a block is not closed, or begins with something else than a command.
pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let words = info.strip_prefix("console");
        let mut block = words.map(|words| Block::with(words.trim(), number + 1));
        loop {
            let (at, line) = lines.next().expect("a block that is closed");
            if line.starts_with("```") {
                break;
            }
            if let Some(block) = &mut block {
                block.push(at, line);
            }
        }
        blocks.extend(block);
    }
    blocks
}

impl Block {
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

#[test]
fn a_block_is_commands_and_what_they_print() {
    let text = "a\n```console needs=jq exit=2\n$ one\nsaid\n\n$ two \\\n> more\n```\n```sh\n$ not\n```\n\
                ```console no-run: takes an hour\n$ three\n```\n";
    let blocks = blocks(text);
    let [first, second] = &blocks[..] else {
        panic!("{blocks:?}");
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
    assert_eq!(
        (first.line, first.exit, &first.needs[..]),
        (2, 2, &["jq".to_owned()][..])
    );
    assert_eq!(second.no_run.as_deref(), Some("takes an hour"));
}
