//! Where order cards go in an operator chat with topics.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Done, Request};
use crate::engine::Engine;
use crate::engine::records::CardsTopic;
use crate::staff::StaffReply;
use crate::store::{Tx, TxError};

/// `/here`: cards come to the topic in which it was written.
pub(super) fn here<'a>(engine: &'a Arc<Engine>, request: &'a Request<'a>) -> BoxFuture<'a, Done> {
    Box::pin(async move {
        engine.staff_change(request, |tx, _, _| {
            let topic = request.incoming.spot.topic;
            tx.put(CardsTopic::KEY, &CardsTopic { topic })?;
            let topic = topic.is_some();
            Ok(Some(StaffReply::CardsHere { topic }))
        })
    })
}

impl Engine {
    /// The same as seen by a transaction.
    pub(in crate::engine) fn cards_topic_in(&self, tx: &Tx<'_>) -> Result<Option<i32>, TxError> {
        let cards = tx.get::<CardsTopic>(CardsTopic::KEY)?;
        Ok(cards.and_then(|cards| cards.topic))
    }

    /// The topic for new cards.
    pub(in crate::engine) fn cards_topic(&self) -> Option<i32> {
        let cards = self.store.get::<CardsTopic>(CardsTopic::KEY).ok().flatten();
        cards?.topic
    }
}
