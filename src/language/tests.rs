use super::*;

#[test]
fn a_tag_names_a_language_whatever_its_region_and_case() {
    for (tag, language) in [
        ("en", Some(Language::En)),
        ("de-AT", Some(Language::De)),
        ("ES_419", Some(Language::Es)),
        ("fr-Latn-CA", Some(Language::Fr)),
        ("ru", Some(Language::Ru)),
        ("ar-EG", Some(Language::Ar)),
        ("pt", None),
        ("", None),
        ("english", None),
    ] {
        assert_eq!(Language::from_tag(tag), language, "{tag}");
    }
}

#[test]
fn words_of_people_stay_on_their_line_and_within_it() {
    assert_eq!(words(" a\nb\r\n\tc\u{2028}d\u{0}e "), "a b   c d e");
    assert_eq!(words("\u{202e}<evil>\u{2066}&\u{2069}"), "<evil>&");
    assert_eq!(
        words("مرحبا 👩‍👩‍👧"),
        "مرحبا 👩‍👩‍👧",
        "letters and joined emoji are left alone"
    );
    let cut = words(&"<".repeat(301));
    assert_eq!(cut, format!("{}…", "<".repeat(300)));
}
