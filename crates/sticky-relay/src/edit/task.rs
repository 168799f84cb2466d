/// Which item of the task lists in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// The one in this line, counted from 1.
    Line(usize),
    /// The first one that says this, white space around it aside.
    Text(String),
}

/// `text` with the box of `task` checked or unchecked.
pub(super) fn tick(text: &str, task: &Task, checked: bool) -> Option<String> {
    let mark = find(text, task)?;
    let new = if checked { "x" } else { " " };
    // Checked already, by whichever mark.
    if (&text[mark..=mark] == " ") != checked {
        return Some(text.to_owned());
    }
    Some([&text[..mark], new, &text[mark + 1..]].concat())
}

/// The byte between the brackets of the task's box.
fn find(text: &str, task: &Task) -> Option<usize> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    match task {
        Task::Line(number) => {
            let (start, line) = { lines }.nth(number.checked_sub(1)?)?;
            Some(start + parse(line)?.0)
        }
        Task::Text(says) => { lines }
            .find_map(|(start, line)| {
                Some((start, parse(line)?)).filter(|(_, item)| item.1 == says.trim())
            })
            .map(|(start, (mark, _))| start + mark),
    }
}

/// The byte between the brackets and what follows them, if `line` is an item of a task list, perhaps
/// in a quotation: `- [ ] this`, `* [x] this`, `> 12. [X] this`.
fn parse(line: &str) -> Option<(usize, &str)> {
    let item = line.trim_start_matches([' ', '\t', '>']);
    let marked = item.strip_prefix(['-', '*', '+']).or_else(|| strip_number(item))?;
    let boxed = marked.trim_start_matches([' ', '\t']);
    let says = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| boxed.strip_prefix(mark))?;
    let apart =
        boxed.len() < marked.len() && (says.is_empty() || says.starts_with(char::is_whitespace));
    apart.then(|| (line.len() - boxed.len() + 1, says.trim()))
}

fn strip_number(item: &str) -> Option<&str> {
    let rest = item.trim_start_matches(|char: char| char.is_ascii_digit());
    let digits = item.len() - rest.len();
    rest.strip_prefix(['.', ')']).filter(|_| (1..=9).contains(&digits))
}
