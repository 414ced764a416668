//! Causes followed to their root, on hand-made marks.

use super::*;

fn id(text: &str) -> CheckId {
    CheckId::try_from(text.to_owned()).expect("an id")
}

#[test]
fn a_cause_is_followed_to_its_root() {
    let (db, app, proxy) = (id("v3-db"), id("v1-app"), id("v6-proxy"));
    let held = |cause: &CheckId| Mark::Skipped {
        cause: cause.clone(),
        costs: true,
    };
    let fail = Mark::Fail(crate::check::Finding::default());
    let mut marks = BTreeMap::from([(&db, fail), (&app, held(&db)), (&proxy, held(&app))]);
    to_the_root(&mut marks);
    assert_eq!(marks[&proxy], held(&db));
    // Two that name each other stay as they are.
    let mut round = BTreeMap::from([(&app, held(&proxy)), (&proxy, held(&app))]);
    to_the_root(&mut round);
    assert_eq!(round[&app], held(&proxy));
}
