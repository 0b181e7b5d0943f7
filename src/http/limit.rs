//! How often one address may ask.
//!
//! The proxy in front limits too where it is built with its plugin; this limit holds whatever proxy there is. The
//! container's own health check and whoever else asks from this machine, past any proxy, are not limited.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Extension, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::NO_STORE;

/// Requests of one address in a second, in the long run.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(2).unwrap();
/// Requests of one address at once, after a while without any.
pub(super) const BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Addresses are looked through for those that have not asked lately when there are this many, at least.
const MOST_ADDRESSES: usize = 10_000;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// What each address has asked lately.
#[derive(Debug)]
pub(super) struct Limits<C: Clock = MonotonicClock> {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, C, NoOpMiddleware<C::Instant>>,
    sweep_at: AtomicUsize,
}

impl Limits {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self::with_clock(MonotonicClock))
    }
}

impl<C: Clock> Limits<C> {
    fn with_clock(clock: C) -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock),
            sweep_at: AtomicUsize::new(MOST_ADDRESSES),
        }
    }

    fn admits(&self, address: IpAddr) -> bool {
        if self.limiter.len() >= self.sweep_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            // In a flood from many addresses not for each request again.
            let next = MOST_ADDRESSES.max(self.limiter.len() * 2);
            self.sweep_at.store(next, Ordering::Relaxed);
        }
        self.limiter.check_key(&address).is_ok()
    }
}

/// Answers 429 where an address asks too often.
pub(super) async fn limit(
    State(limits): State<Arc<Limits>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    match asker(peer, request.headers()) {
        Some(address) if !limits.admits(address) => (
            StatusCode::TOO_MANY_REQUESTS,
            [NO_STORE, (RETRY_AFTER, HeaderValue::from_static("1"))],
            "too many requests\n",
        )
            .into_response(),
        _ => next.run(request).await,
    }
}

/// Whose limit a request counts against; none: nobody's.
///
/// A proxy is a neighbour, on this machine or in a private network. It appends the address that it saw to
/// `X-Forwarded-For`, so only the last entry is its word; what stands before it may be anybody's. From elsewhere the
/// header is not believed.
fn asker(peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !is_neighbour(peer) {
        return Some(network(peer));
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
        .map(|address: IpAddr| network(address.to_canonical()));
    forwarded.or((!peer.is_loopback()).then_some(peer))
}

fn is_neighbour(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// One customer of a provider has a whole /64 of IPv6 addresses to ask from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn check(peer: &str, forwarded: &[&str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).unwrap());
        }
        let expected = expected.map(|address| address.parse().unwrap());
        let found = asker(peer.parse().unwrap(), &headers);
        assert_eq!(found, expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn the_proxy_s_word_counts_and_no_one_else_s() {
        check("172.18.0.3", &["203.0.113.9"], Some("203.0.113.9"));
        check("172.18.0.3", &["1.1.1.1, 203.0.113.9"], Some("203.0.113.9"));
        check(
            "172.18.0.3",
            &["1.1.1.1", "203.0.113.9"],
            Some("203.0.113.9"),
        );
        check("172.18.0.3", &["nonsense"], Some("172.18.0.3"));
        check("198.51.100.7", &["203.0.113.9"], Some("198.51.100.7"));
        check("127.0.0.1", &["203.0.113.9"], Some("203.0.113.9"));
    }

    #[test]
    fn who_asks_from_this_machine_is_not_limited() {
        check("127.0.0.1", &[], None);
        check("::1", &[], None);
        check("::ffff:127.0.0.1", &[], None);
        check("172.18.0.3", &[], Some("172.18.0.3"));
    }

    #[test]
    fn a_whole_ipv6_network_is_one_asker() {
        check("2001:db8:1:2:3::4", &[], Some("2001:db8:1:2::"));
        check("fd00::7", &["2001:db8:1:2:9::9"], Some("2001:db8:1:2::"));
    }

    #[test]
    fn a_burst_is_let_through_then_two_a_second_and_each_address_has_its_own() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(clock.clone());
        let one = "203.0.113.9".parse().unwrap();
        assert!((0..BURST.get()).all(|_| limits.admits(one)));
        assert!(!limits.admits(one));
        assert!(limits.admits("203.0.113.10".parse().unwrap()));
        clock.advance(Duration::from_secs(1));
        assert!(limits.admits(one) && limits.admits(one));
        assert!(!limits.admits(one));
    }

    #[test]
    fn addresses_that_have_not_asked_lately_are_dropped() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(clock.clone());
        let many = u32::try_from(MOST_ADDRESSES).unwrap();
        let ask = |from: u32| {
            for n in from..from + many {
                limits.admits(Ipv4Addr::from_bits(n).into());
            }
        };
        ask(0);
        assert_eq!(limits.limiter.len(), MOST_ADDRESSES);
        clock.advance(Duration::from_secs(60));
        ask(many);
        assert_eq!(limits.limiter.len(), MOST_ADDRESSES);
        // All of these have just asked: they are kept, and not looked through for each further one.
        ask(2 * many);
        assert_eq!(limits.limiter.len(), 2 * MOST_ADDRESSES);
        assert_eq!(limits.sweep_at.load(Ordering::Relaxed), 2 * MOST_ADDRESSES);
    }
}
