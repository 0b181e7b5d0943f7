//! What a message costs, counted in looks at its elements, its lines and the menu's words: the measure of the tests that
//! hold that it is in proportion to the message's length, whatever else the machine does. Counts in tests only.

#[cfg(test)]
thread_local! {
    static LOOKS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// One look more.
#[inline]
pub(super) fn look() {
    #[cfg(test)]
    LOOKS.with(|looks| looks.set(looks.get() + 1));
}

/// The looks that something takes.
#[cfg(test)]
pub(super) fn looks(something: impl FnOnce()) -> u64 {
    let before = LOOKS.with(std::cell::Cell::get);
    something();
    LOOKS.with(std::cell::Cell::get) - before
}
