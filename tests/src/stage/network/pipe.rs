//! One direction of a connection.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// As much as a radio takes at once.
const PIECE: usize = 512;
/// How much is under way at most.
const PIECES: usize = 64;

/// How fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) bits: u32,
    /// One way.
    pub(super) delay: Duration,
}

/// As it comes.
pub(super) async fn plain(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    tokio::io::copy(&mut from, &mut to).await?;
    to.shutdown().await
}

/// Piece by piece, and each takes its time.
pub(super) async fn slow(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    pace: Pace,
) -> io::Result<()> {
    let (sent, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES);
    let sending = async move {
        let mut piece = [0; PIECE];
        loop {
            let length = from.read(&mut piece).await?;
            let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
            let bits = u32::try_from(length * 8).map_err(io::Error::other)?;
            sleep(Duration::from_secs(1) * bits / pace.bits.max(1)).await;
            if sent.send((Instant::now() + pace.delay, bytes.to_vec())).await.is_err() {
                return Ok::<_, io::Error>(());
            }
        }
    };
    let arriving = async {
        while let Some((at, bytes)) = under_way.recv().await {
            sleep_until(at).await;
            to.write_all(&bytes).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(sending, arriving).map(drop)
}

/// Until the luck is gone: half of a piece arrives then, and nothing more.
pub(super) async fn lossy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    luck: impl Fn() -> bool,
) -> io::Result<()> {
    let mut piece = [0; PIECE];
    loop {
        let length = from.read(&mut piece).await?;
        let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else {
            return to.shutdown().await;
        };
        if !luck() {
            to.write_all(&bytes[..length / 2]).await?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        to.write_all(bytes).await?;
    }
}
