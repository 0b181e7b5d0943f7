#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::testing::{Fake, Reply, adds};
use super::*;

#[tokio::test]
async fn fifty_equal_messages_make_one_request() {
    let fake = Fake::start(Reply::Content(adds("cola", 1))).await;
    let gate = Arc::new(Notify::new());
    fake.script([Reply::Later(adds("cola", 1), gate.clone())]);
    let parser = fake.parser();
    let all = join_all((0..50).map(|customer| parser.parse(customer, "a cola")));
    let open = async {
        fake.called(1).await;
        gate.notify_one();
    };
    let (all, ()) = tokio::join!(all, open);
    assert_eq!(fake.calls(), 1);
    let by = |source| all.iter().filter(|u| u.source == source).count();
    assert_eq!((by(Source::Gpt), by(Source::Cache)), (1, 49));
    assert_eq!(parser.parse(99, "  A COLA").await.source, Source::Cache);
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn a_failed_call_sends_all_who_waited_to_the_embedded_parser() {
    let fake = Fake::start(Reply::Content(adds("cola", 1))).await;
    // The answer and its repair.
    fake.script([
        Reply::Content("nonsense".to_owned()),
        Reply::Content("nonsense".to_owned()),
    ]);
    let parser = fake.parser();
    let all = join_all((0..20).map(|customer| parser.parse(customer, "a cola"))).await;
    assert!(all.iter().all(|u| u.source == Source::Local));
    assert_eq!(fake.calls(), 2);
    assert_eq!(parser.parse(1, "a cola").await.source, Source::Gpt);
}

#[tokio::test]
async fn what_is_personal_is_asked_for_each_customer_once() {
    let mut answer: Value = serde_json::from_str(&adds("cola", 1)).unwrap();
    answer["details"]["address"] = json!("5 Main Street");
    let fake = Fake::start(Reply::Content(answer.to_string())).await;
    let parser = fake.parser();
    for (customer, source) in [
        (1, Source::Gpt),
        (1, Source::Cache),
        (2, Source::Gpt),
        (1, Source::Cache),
        (2, Source::Cache),
    ] {
        let understood = parser.parse(customer, "a cola to 5 Main Street").await;
        assert_eq!(understood.source, source);
    }
    assert_eq!(fake.calls(), 2);
}

#[tokio::test]
async fn another_menu_or_model_has_answers_of_its_own() {
    let cache = CacheSettings {
        ttl: Duration::from_secs(60),
        entries: 10,
    };
    let key = |model: &str, menu: Menu| {
        let settings = GptSettings {
            api_key: "sk".to_owned().into(),
            base_url: None,
            model: model.to_owned(),
            timeout: Duration::from_secs(1),
            mode: Mode::Gpt,
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let parser = Parser::new(Arc::new(menu), Some(settings), cache, Metrics::new());
        parser.cache.key("a cola")
    };
    let small = r#"{"currency":"EUR","items":[{"id":"a","name":"A","price":"1.00"}]}"#;
    let first = key("m", testing::sample_menu());
    assert_eq!(first, key("m", testing::sample_menu()));
    assert_ne!(first, key("n", testing::sample_menu()));
    assert_ne!(first, key("m", testing::menu_of(small)));
}

#[tokio::test]
async fn whoever_spares_the_model_asks_it_only_where_a_word_is_not_certain() {
    for (mode, certain, doubtful) in [
        (Mode::Gpt, Source::Gpt, Source::Gpt),
        (Mode::Auto, Source::Local, Source::Gpt),
        (Mode::Local, Source::Local, Source::Local),
    ] {
        let fake = Fake::start(Reply::Content(adds("cola", 2))).await;
        let parser = fake.parser_with(GptSettings {
            mode,
            ..fake.settings()
        });
        assert_eq!(parser.parse(1, "two colas").await.source, certain);
        assert_eq!(parser.parse(1, "2 kolas or what").await.source, doubtful);
        let sources = [certain, doubtful];
        let asked = sources.iter().filter(|s| **s == Source::Gpt);
        assert_eq!(fake.calls(), asked.count());
        let spared = parser.metrics.render().contains("{kind=\"spared\"} 1");
        assert_eq!(spared, mode == Mode::Auto);
    }
}

#[test]
fn a_source_is_written_as_its_word() {
    for source in [Source::Gpt, Source::Cache, Source::Local] {
        assert_eq!(json!(source), json!(source.as_str()));
    }
}
