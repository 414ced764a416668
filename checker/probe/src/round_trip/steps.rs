//! The steps of a round trip, as the facts hold them.

use labcheck_core::facts::{RoundTrip, StepAnswer};

/// Every step of a round trip that has an answer.
pub(crate) fn steps(round_trip: &mut RoundTrip) -> impl Iterator<Item = &mut StepAnswer> {
    let RoundTrip {
        stored,
        found,
        missing,
        again,
        injection,
        markup_stored,
        markup,
        empty_fetch,
        empty_insert,
        typed,
        markups,
        ..
    } = round_trip;
    [
        stored,
        found,
        missing,
        again,
        injection,
        markup_stored,
        markup,
        empty_fetch,
        empty_insert,
    ]
    .into_iter()
    .flatten()
    .chain(typed.iter_mut().map(|typed| &mut typed.answer))
    .chain(
        markups
            .iter_mut()
            .flat_map(|markup| std::iter::once(&mut markup.stored).chain(&mut markup.fetched)),
    )
}
