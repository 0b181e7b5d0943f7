//! order-bot
