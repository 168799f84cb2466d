//! Which steps are run, and in what order.

use crate::failure::Failure;
use crate::step::Step;

/// The steps whose names contain one of `filters`, with all that they need, in the order of `all`. No filter means all.
pub(crate) fn choose(all: &[Step], filters: &[&str]) -> Result<Vec<Step>, Failure> {
    if filters.is_empty() {
        return Ok(all.to_vec());
    }
    let mut wanted: Vec<&str> = Vec::new();
    for filter in filters {
        let before = wanted.len();
        wanted.extend(all.iter().map(|step| step.name).filter(|name| name.contains(filter)));
        if wanted.len() == before {
            return Err(Failure::Usage(format!(
                "No step is called `{filter}`; there are: {}.",
                names(all)
            )));
        }
    }
    Ok(with_needs(all, wanted))
}

pub(crate) fn names(steps: &[Step]) -> String {
    steps.iter().map(|step| step.name).collect::<Vec<_>>().join(", ")
}

/// A step comes after what it needs, so one look from the end to the start finds everything.
fn with_needs(all: &[Step], mut wanted: Vec<&str>) -> Vec<Step> {
    for step in all.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.needs);
        }
    }
    all.iter().filter(|step| wanted.contains(&step.name)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Tally;

    const fn step(name: &'static str, needs: &'static [&'static str]) -> Step {
        Step { name, needs, work: |_| Ok(Tally::default()) }
    }

    const ALL: [Step; 4] =
        [step("npm", &[]), step("web-app", &["npm"]), step("rust", &[]), step("e2e", &["web-app"])];

    fn chosen(filters: &[&str]) -> String {
        names(&choose(&ALL, filters).unwrap())
    }

    #[test]
    fn a_filter_brings_what_its_steps_need() {
        assert_eq!(chosen(&[]), "npm, web-app, rust, e2e");
        assert_eq!(chosen(&["e2"]), "npm, web-app, e2e");
        assert_eq!(chosen(&["rust"]), "rust");
    }

    #[test]
    fn an_unknown_filter_is_refused_with_the_names() {
        let text = choose(&ALL, &["rust", "ruts"]).unwrap_err().to_string();
        assert_eq!(text, "No step is called `ruts`; there are: npm, web-app, rust, e2e.");
    }
}
