//! The wire under every stand-in: an HTTP/1.1 server on a free port of 127.0.0.1 whose connections can be
//! cut from outside, and the list of ways in which a call may go wrong.
//!
//! A plain axum handler cannot close its connection without answering, and "applied, but the answer was
//! lost" is the fault that matters most to an order. Here each connection carries a [`Cut`], which the
//! handler finds as its connect info.

use std::{
    future::{self, Future},
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::connect_info::Connected,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    task::AbortHandle,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Largest request body that a stand-in reads, in bytes (Telegram's limit for uploads is 50 MB).
const BODY_LIMIT: usize = 50 * 1024 * 1024;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// What becomes of one call.
#[derive(Clone, Debug, Default)]
pub enum Verdict {
    /// Handled as usual.
    #[default]
    Pass,
    /// Not applied; this answer is given instead.
    Answer(Answer),
    /// Not applied; no answer ever comes, the connection stays open.
    Hang,
    /// Applied and answered, but only after this time.
    Delay(Duration),
    /// Not applied; the connection is closed without an answer.
    DropBefore,
    /// Applied; the connection is closed without an answer.
    DropAfter,
    /// Applied; no answer ever comes.
    HangAfter,
    /// No answer ever comes; applied after this time, also when the client has gone by then.
    ApplyLate(Duration),
    /// Applied; the answer breaks off in the middle of its body.
    Truncate,
}

/// A ready-made answer: status, headers, body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(String, String)>,
    /// The body as it goes out.
    pub body: String,
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string(),
        }
    }

    /// An HTML page, such as a proxy in between sends.
    pub fn html(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
            body: body.into(),
        }
    }

    /// The same answer with one header more.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name);
            let value = HeaderValue::try_from(value);
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// The knife for one connection.
#[derive(Clone, Debug)]
pub struct Cut(CancellationToken);

impl Cut {
    /// Closes the connection; whatever the handler still answers does not reach the client.
    pub fn now(&self) {
        self.0.cancel();
    }
}

impl Connected<IncomingStream<'_, Gate>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        Self(stream.io().cut.clone())
    }
}

/// Carries out a verdict. `apply` does the work and makes the answer; it is called at most once.
pub async fn carry_out<F, Fut>(verdict: Verdict, cut: &Cut, apply: F) -> Response
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = Response> + Send + 'static,
{
    match verdict {
        Verdict::Pass => apply().await,
        Verdict::Answer(answer) => answer.into_response(),
        Verdict::Hang => future::pending().await,
        Verdict::Delay(time) => {
            tokio::time::sleep(time).await;
            apply().await
        }
        Verdict::DropBefore => {
            cut.now();
            StatusCode::NO_CONTENT.into_response()
        }
        Verdict::DropAfter => {
            let answer = apply().await;
            cut.now();
            answer
        }
        Verdict::HangAfter => {
            apply().await;
            future::pending().await
        }
        Verdict::ApplyLate(time) => {
            // A task of its own, because hyper drops this future as soon as the client hangs up.
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                apply().await;
            });
            future::pending().await
        }
        Verdict::Truncate => truncated(apply().await).await,
    }
}

async fn truncated(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let bytes = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let parts: [io::Result<Bytes>; 2] = [Ok(half), Err(io::ErrorKind::ConnectionReset.into())];
    Response::from_parts(head, Body::from_stream(futures_util::stream::iter(parts)))
}

/// Reads a whole request body; too long or broken off gives an empty one.
pub async fn read_body(body: Body) -> Bytes {
    to_bytes(body, BODY_LIMIT).await.unwrap_or_default()
}

/// A running server; dropping it stops the server and cuts its connections.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    door: Arc<Door>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Door {
    state: Mutex<DoorState>,
    /// The way in has changed.
    moved: Notify,
}

#[derive(Debug)]
struct DoorState {
    way_in: WayIn,
    lines: CancellationToken,
}

/// What becomes of who wants to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayIn {
    Open,
    /// Accepted and closed at once.
    Closed,
    /// Nobody listens: the connection is refused.
    Gone,
}

impl Server {
    /// Serves `router` on a free port of 127.0.0.1, on the current tokio runtime.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(router: Router) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), router).await
    }

    /// The same at an address of the caller's choice: for a stand-in in a container of its own.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start_at(addr: SocketAddr, router: Router) -> io::Result<Self> {
        let tcp = TcpListener::bind(addr).await?;
        let addr = tcp.local_addr()?;
        let door = Arc::new(Door {
            state: Mutex::new(DoorState {
                way_in: WayIn::Open,
                lines: CancellationToken::new(),
            }),
            moved: Notify::new(),
        });
        let gate = Gate {
            ear: Ear::Listens(tcp),
            addr,
            door: Arc::clone(&door),
        };
        let service = router.into_make_service_with_connect_info::<Cut>();
        let task = tokio::spawn(async move {
            // Ends by the abort in `drop` only.
            let _ = axum::serve(gate, service).await;
        })
        .abort_handle();
        Ok(Self { addr, door, task })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Out of reach: open connections are cut, and new ones are closed as soon as they come.
    pub fn go_down(&self) {
        self.shut(WayIn::Closed);
    }

    /// Out of reach: open connections are cut, and new ones are refused, as where no program listens.
    pub fn refuse(&self) {
        self.shut(WayIn::Gone);
    }

    fn shut(&self, way_in: WayIn) {
        let mut state = self.door.lock();
        state.way_in = way_in;
        state.lines.cancel();
        self.door.moved.notify_one();
    }

    /// In reach again.
    pub fn come_up(&self) {
        let mut state = self.door.lock();
        state.way_in = WayIn::Open;
        if state.lines.is_cancelled() {
            state.lines = CancellationToken::new();
        }
        self.door.moved.notify_one();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.go_down();
        self.task.abort();
    }
}

impl Door {
    fn lock(&self) -> std::sync::MutexGuard<'_, DoorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The listener: hands out connections that can be cut.
#[derive(Debug)]
pub struct Gate {
    ear: Ear,
    addr: SocketAddr,
    door: Arc<Door>,
}

#[derive(Debug)]
enum Ear {
    Listens(TcpListener),
    /// Holds the port, so that nobody else takes it, and does not listen.
    Deaf(TcpSocket),
    /// Between the two.
    None,
}

impl Gate {
    /// Listens or not, as the door wants it.
    fn follow_door(&mut self) -> io::Result<()> {
        let gone = self.door.lock().way_in == WayIn::Gone;
        self.ear = match std::mem::replace(&mut self.ear, Ear::None) {
            Ear::Listens(tcp) if !gone => Ear::Listens(tcp),
            Ear::Deaf(socket) if gone => Ear::Deaf(socket),
            Ear::Deaf(socket) => Ear::Listens(socket.listen(BACKLOG)?),
            was => {
                // Closed before its port is taken again.
                drop(was);
                let socket = TcpSocket::new_v4()?;
                socket.set_reuseaddr(true)?;
                socket.bind(self.addr)?;
                if gone {
                    Ear::Deaf(socket)
                } else {
                    Ear::Listens(socket.listen(BACKLOG)?)
                }
            }
        };
        Ok(())
    }
}

impl Listener for Gate {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let door = Arc::clone(&self.door);
        loop {
            if self.follow_door().is_err() {
                // The port is not free yet.
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            let Ear::Listens(tcp) = &mut self.ear else {
                door.moved.notified().await;
                continue;
            };
            let (tcp, addr) = tokio::select! {
                accepted = Listener::accept(tcp) => accepted,
                () = door.moved.notified() => continue,
            };
            let cut = {
                let state = door.lock();
                let open = state.way_in == WayIn::Open;
                open.then(|| state.lines.child_token())
            };
            if let Some(cut) = cut {
                // Answers are small: without this, delayed acknowledgements cost 40 ms each.
                let _ = tcp.set_nodelay(true);
                let cancelled = Box::pin(cut.clone().cancelled_owned());
                return (
                    Line {
                        tcp,
                        cut,
                        cancelled,
                    },
                    addr,
                );
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

/// One connection that can be cut.
#[derive(Debug)]
pub struct Line {
    tcp: TcpStream,
    cut: CancellationToken,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Line {
    fn severed<T>(&self) -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.cancelled.as_mut().poll(cx).is_ready() {
            return self.severed();
        }
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.is_cancelled() {
            return self.severed();
        }
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
