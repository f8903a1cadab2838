//! Why selected responses could not be validated. A proxy may run for days, so that equal problems are
//! counted.

use crate::error::{Error, ErrorKind};
use crate::origin::Origin;

/// Problems that are reported one by one; others are counted.
const MAX_PROBLEMS: usize = 100;

/// Problems so far, each once.
#[derive(Debug, Default)]
pub(super) struct Problems {
    groups: Vec<Group>,
    /// Responses with other problems.
    further: u64,
}

#[derive(Debug)]
struct Group {
    method: String,
    what: String,
    first: Origin,
    count: u64,
}

impl Problems {
    /// Adds what happened to the response to a request by this method.
    pub(super) fn add(&mut self, method: &str, what: String, origin: &Origin) {
        let is_same = |group: &&mut Group| {
            group.method == method && group.what == what && group.first.name() == origin.name()
        };
        if let Some(known) = self.groups.iter_mut().find(is_same) {
            known.count += 1;
        } else if self.groups.len() < MAX_PROBLEMS {
            self.groups.push(Group { method: method.to_owned(), what, first: origin.clone(), count: 1 });
        } else {
            self.further += 1;
        }
    }

    /// The errors to report about them, of which `server` is the location where they have none of their own.
    pub(super) fn errors(self, server: &str) -> impl Iterator<Item = Error> {
        let further = (self.further > 0).then(|| {
            let what = format!("{} further responses could not be validated", self.further);
            Error::new(ErrorKind::Network, server, what)
        });
        let error = |Group { method, what, first, count }| {
            let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
            Error::new(ErrorKind::Network, first.to_string(), format!("{method}: {what}{times}"))
        };
        self.groups.into_iter().map(error).chain(further)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_problems_are_counted_and_others_are_limited() {
        let mut problems = Problems::default();
        for number in 1..=1_000 {
            problems.add("GET", "truncated".to_owned(), &Origin::file("http://x/a").entry(number));
            problems.add("GET", format!("failed {number}"), &Origin::file("http://x/b").entry(number));
        }
        let errors: Vec<String> = problems.errors("http://x").map(|error| error.to_string()).collect();
        assert_eq!(errors.len(), MAX_PROBLEMS + 1);
        assert!(errors[0].ends_with("GET: truncated (1000 times)") && errors[0].contains("http://x/a"));
        assert!(errors[1].ends_with("GET: failed 1"), "{}", errors[1]);
        assert_eq!(errors[MAX_PROBLEMS], "http://x: 901 further responses could not be validated");
    }
}
