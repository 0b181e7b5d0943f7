//! Whatever a customer does, in any order.

use proptest::prelude::*;

use super::*;
use crate::parsed::Details;

/// Something that a customer may do; indexes are taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Words(Box<ParsedOrder>),
    Command(usize),
    Detail(u8),
    /// A button that was shown at any time.
    Button(usize),
    /// One that was shown last, which is what people tap.
    Recent(usize),
    Forged(String),
    /// A message is corrected.
    Correct(i32, Box<ParsedOrder>),
    /// An earlier order once more.
    Again(u8),
    Other(u8),
    TakeBack(u64),
    Wait(i64),
    /// The shop accepts the latest order.
    Accept,
}

fn option_change() -> impl Strategy<Value = OptionChange> {
    let option = prop_oneof![
        Just("large"),
        Just("mozzarella"),
        Just("onions"),
        Just("oat-milk"),
        Just("nonsense"),
        Just("")
    ];
    let change = prop_oneof![
        Just(Change::With),
        Just(Change::Without),
        Just(Change::Extra),
        Just(Change::Light)
    ];
    (option, change, prop::option::of(0_u32..1200)).prop_map(|(option, change, count)| {
        OptionChange {
            option: option.to_owned(),
            change,
            count,
        }
    })
}

fn an_operation() -> impl Strategy<Value = Operation> {
    let op = prop_oneof![4 => Just(Op::Add), 1 => Just(Op::Remove), 1 => Just(Op::Set), 1 => Just(Op::Split)];
    let item = prop::option::weighted(
        0.8,
        prop_oneof![
            Just("margherita"),
            Just("cola"),
            Just("latte"),
            Just("cheeseburger"),
            Just("unicorn")
        ],
    );
    let quantity =
        prop::option::of(prop_oneof![4 => 0_u32..5, 1 => 0_u32..2000, 1 => Just(u32::MAX)]);
    let line = prop::option::weighted(0.2, 0_u32..6);
    (
        op,
        item,
        line,
        quantity,
        prop::collection::vec(option_change(), 0..3),
    )
        .prop_map(|(op, item, line, quantity, options)| Operation {
            op,
            item: item.map(Into::into),
            line,
            quantity,
            options,
            note: None,
        })
}

fn words() -> impl Strategy<Value = ParsedOrder> {
    let intent = prop_oneof![
        6 => Just(Intent::Order), 3 => Just(Intent::Confirm), 1 => Just(Intent::Cancel),
        1 => Just(Intent::Question), 1 => Just(Intent::Other)
    ];
    let way = prop::option::weighted(
        0.2,
        prop_oneof![
            Just(Fulfilment::Delivery),
            Just(Fulfilment::Pickup),
            Just(Fulfilment::DineIn)
        ],
    );
    let text = || prop::option::weighted(0.15, "\\PC{0,40}".prop_map(PersonalText::from));
    (
        intent,
        prop::collection::vec(an_operation(), 0..4),
        (way, text(), text(), text(), text()),
        prop::collection::vec("\\PC{0,30}".prop_map(PersonalText::from), 0..3),
    )
        .prop_map(
            |(intent, operations, (fulfilment, phone, address, note, time), unmatched)| {
                ParsedOrder {
                    intent,
                    operations,
                    details: Details {
                        name: None,
                        phone,
                        address,
                        fulfilment,
                        time,
                    },
                    allergies: Vec::new(),
                    note,
                    unmatched,
                    language: "en".to_owned(),
                }
            },
        )
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => words().prop_map(|order| Act::Words(Box::new(order))),
        1 => (0_usize..9).prop_map(Act::Command),
        2 => (0_u8..5).prop_map(Act::Detail),
        4 => any::<usize>().prop_map(Act::Button),
        8 => (0_usize..12).prop_map(Act::Recent),
        1 => "[a-z0-9:-]{0,64}".prop_map(Act::Forged),
        2 => (0_i32..12, words()).prop_map(|(n, order)| Act::Correct(n, Box::new(order))),
        1 => (0_u8..3).prop_map(Act::Again),
        1 => (0_u8..4).prop_map(Act::Other),
        1 => (0_u64..5).prop_map(Act::TakeBack),
        1 => (0_i64..3000).prop_map(Act::Wait),
        1 => Just(Act::Accept),
    ]
}

fn perform(chat: &mut Chat, act: &Act) {
    match act {
        Act::Words(order) => drop(chat.says((**order).clone())),
        Act::Command(n) => {
            let commands = COMMANDS.map(|(_, command, _)| command);
            let command = commands.get(*n).copied().unwrap_or(if *n == 7 {
                Command::Edit
            } else {
                Command::Unknown
            });
            chat.feed(Input::Command(command));
        }
        Act::Detail(n) => {
            let detail = match n {
                0 => Detail::Name("<Ann>".into()),
                1 => Detail::Phone("5550100".into()),
                2 => Detail::ForeignContact,
                3 => Detail::BadPhone,
                _ => Detail::Address("5 <Lane>\n\u{202e}".into()),
            };
            chat.feed(Input::Detail(detail));
        }
        Act::Button(n) if !chat.buttons.is_empty() => {
            let data = chat.buttons[n % chat.buttons.len()].clone();
            chat.taps(&data);
        }
        Act::Recent(n) if !chat.buttons.is_empty() => {
            let at = chat.buttons.len().saturating_sub(1 + n);
            let data = chat.buttons[at].clone();
            chat.taps(&data);
        }
        Act::Button(_) | Act::Recent(_) => {}
        Act::Forged(data) => drop(chat.taps(data)),
        Act::Correct(n, order) => drop(chat.corrects(*n, (**order).clone())),
        Act::Again(n) => {
            let which = match n {
                0 => Again::Last,
                1 => Again::Usual,
                _ => Again::Order("k7f-1".to_owned()),
            };
            chat.feed(Input::Again(which));
        }
        Act::Other(n) => {
            let input = [
                Input::UnknownTap,
                Input::NoText,
                Input::Edited(None),
                Input::Expired,
            ][usize::from(*n)]
            .clone();
            chat.feed(input);
        }
        Act::TakeBack(n) => drop(chat.feed(Input::TakeBack(format!("k7f-{n}")))),
        Act::Wait(seconds) => {
            chat.now = chat
                .now
                .checked_add(SignedDuration::from_secs(*seconds))
                .unwrap();
        }
        Act::Accept => {
            if let Some(order) = chat.orders.last_mut() {
                let _ = order.advance(crate::order::Step::Accept, chat.now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The laws stand in [`Chat`]: no panic, no order twice, nothing placed that was not shown, every tap answered,
    /// every message and button within Telegram's limits.
    #[test]
    fn whatever_a_customer_does_the_laws_hold(
        acts in prop::collection::vec(act(), 1..60),
        needs in any::<(bool, bool, bool)>(),
    ) {
        let requires = Requires { name: needs.0, phone: needs.1, address: needs.2 };
        let mut chat = Chat::sample(requires);
        for act in &acts {
            perform(&mut chat, act);
        }
        let kept = serde_json::to_string(&chat.state.conversation).unwrap();
        let read: Conversation = serde_json::from_str(&kept).unwrap();
        prop_assert_eq!(read, chat.state.conversation);
    }

    /// But for orders that were emptied on the way, which ends a draft.
    #[test]
    fn a_corrected_message_counts_as_if_it_had_been_written_so(
        said in prop::collection::vec(words(), 1..7),
        at in any::<prop::sample::Index>(),
        other in words(),
    ) {
        let at = at.index(said.len());
        let order = |mut order: ParsedOrder| { order.intent = Intent::Order; order };
        let (mut corrected, mut anew) = (Chat::sample(Requires::default()), Chat::sample(Requires::default()));
        for (n, words) in said.into_iter().enumerate() {
            corrected.says(order(words.clone()));
            anew.says(order(if n == at { other.clone() } else { words }));
        }
        let whole = |chat: &Chat| {
            let draft = chat.state.conversation.draft.clone();
            draft.filter(|draft| draft.history.messages().len() == usize::try_from(chat.message.unwrap_or_default()).unwrap())
        };
        let comparable = whole(&corrected).is_some();
        corrected.corrects(i32::try_from(at).unwrap() + 1, order(other));
        if let (true, Some(one), Some(two)) = (comparable, whole(&corrected), whole(&anew)) {
            prop_assert_eq!(one.cart, two.cart);
            prop_assert_eq!(one.fulfilment, two.fulfilment);
            prop_assert_eq!((one.time, one.note, one.allergies), (two.time, two.note, two.allergies));
        }
    }

    #[test]
    fn forged_data_is_read_or_refused_but_never_panics(data in "\\PC{0,64}|(order|draft|line|opt|menu|mine):[a-z0-9:+-]{0,50}") {
        if let Some(tap) = Tap::parse(&data) {
            let again = Tap::parse(&tap.data());
            prop_assert_eq!(again, Some(tap));
        }
    }
}
