//! Owns the ✅/❌ lines as a terminal has them, in a block.

use alloc_guard_core::report::{self, Style};
use anyhow::Result;

use super::page::{Page, Room};
use crate::{
    format::{overview::Overview, text::one_line},
    records::Records,
};

/// A block that is longer is folded.
const LONGEST_UNFOLDED: u64 = 40;

/// How much of a line is shown.
const LONGEST_LINE: usize = 300;

/// Puts a line for each test, until there is no more room: the table has them all, too.
///
/// # Errors
/// If a record cannot be read, or the page cannot be written.
pub(super) fn put(page: &mut Page<'_>, run: &dyn Records, overview: &Overview) -> Result<()> {
    let (open, close) = if overview.totals.all() > LONGEST_UNFOLDED {
        (
            "\n<details><summary>Line by line</summary>\n\n```text\n",
            "```\n\n</details>\n",
        )
    } else {
        ("\n```text\n", "```\n")
    };
    page.section((open, close), &mut |page| {
        for record in run.open()? {
            // It begins with a mark, so it is no fence, and no command of the runner's either.
            let line = report::line(&*record?, overview.width, Style::Plain);
            let line = format!("{}\n", kept_apart(&line));
            if page.put(&line)? == Room::None {
                break;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// One line, whose columns stay where they are.
fn kept_apart(line: &str) -> String {
    // A character that nobody uses, in place of those that would be drawn together.
    let line = line.replace(' ', "\u{e000}");
    one_line(&line, LONGEST_LINE)
        .replace('\u{e000}', " ")
        .replace("##[", "#\u{200b}#[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stay_and_breaks_go() {
        assert_eq!(kept_apart("✅ a    b\n```\u{1b}[1m"), "✅ a    b ```");
    }
}
