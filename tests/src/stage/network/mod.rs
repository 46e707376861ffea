//! The way from a phone to the station, which can be cut, slow, lossy, or a hotel's; and on which the station may
//! have a name and a certificate.

mod names;
mod pipe;

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result};
use terskel_model::Timestamp;
use terskel_model::world::{ManualWorld, random};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use names::{NAME, Names, Shows};

/// What a portal answers, whatever it is asked.
const PORTAL: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 38\r\nconnection: close\r\n\r\n\
                      <html><body>Gjestenett</body></html>\r\n";

/// How the way to the station is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// As it should be.
    Clear,
    /// Nothing comes through; what was under way is gone.
    Cut,
    /// So many bits a second in each direction, and so long for a question and its answer.
    Slow {
        /// Bits a second.
        bits: u32,
        /// There and back.
        round_trip: Duration,
    },
    /// Each piece of a connection may be its last, and only half of it arrives; told by the seed which.
    Lossy {
        /// Of the randomness.
        seed: u64,
        /// One of so many pieces is the last.
        one_in: u8,
    },
    /// A page in HTML, with 200, to every request.
    Portal,
    /// Somebody else shows a certificate for the station's name, and would carry everything; on a network with names.
    Stranger,
    /// Nobody knows the station's name; on a network with names.
    Nameless,
}

/// Second-generation mobile network, on a bad day.
pub const SECOND_GENERATION: Weather = Weather::Slow { bits: 20_000, round_trip: Duration::from_millis(800) };

/// One phone's way to the station. Closed when dropped.
#[derive(Debug)]
pub struct Network {
    /// Under which address the phone reaches the station.
    pub url: String,
    station: Arc<OnceLock<SocketAddr>>,
    weather: watch::Sender<Weather>,
    listening: JoinHandle<()>,
    names: Option<Names>,
}

impl Network {
    /// Opens one that leads nowhere yet: the station must be told the address before it starts.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn open() -> Result<Self> {
        Self::build(None).await
    }

    /// As [`Self::open`]; the station is reached by a name, and proves it. `dir`: what the phone has of the network lies there.
    ///
    /// # Errors
    /// As [`Self::open`]; when nothing can be written to `dir`.
    pub async fn open_with_names(dir: PathBuf) -> Result<Self> {
        Self::build(Some(Names::in_dir(dir)?)).await
    }

    async fn build(names: Option<Names>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let url = match names {
            Some(_) => format!("https://{NAME}:{}", address.port()),
            None => format!("http://{address}"),
        };
        let (weather, station) = (watch::Sender::new(Weather::Clear), Arc::new(OnceLock::new()));
        let way = Way { station: station.clone(), secured: names.is_some() };
        let listening = tokio::spawn(listen(listener, way, weather.subscribe()));
        Ok(Self { url, station, weather, listening, names })
    }

    /// What the phone's process must have in its environment.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, OsString)> {
        self.names.as_ref().map(Names::environment).unwrap_or_default()
    }

    /// Leads to the station from now on.
    ///
    /// # Errors
    /// When its URL is none.
    pub fn lead_to(&self, station_url: &str) -> Result<()> {
        let address = station_url.strip_prefix("http://").context("the station's URL begins with http://")?;
        // A second time it is the same station, restarted where it was.
        self.station.set(address.parse()?).ok();
        Ok(())
    }

    /// The weather turns: open connections are lost.
    ///
    /// # Errors
    /// When the name can't be made known or unknown.
    pub fn set(&self, weather: Weather) -> Result<()> {
        if let Some(names) = &self.names {
            names.know(weather != Weather::Nameless)?;
        }
        self.weather.send_replace(weather);
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What a connection needs.
#[derive(Clone)]
struct Way {
    station: Arc<OnceLock<SocketAddr>>,
    secured: bool,
}

async fn listen(listener: TcpListener, way: Way, weather: watch::Receiver<Weather>) {
    let mut connections = tokio::task::JoinSet::new();
    let mut count = 0;
    while let Ok((phone, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        count += 1;
        let (way, mut weather) = (way.clone(), weather.clone());
        connections.spawn(async move {
            let now = *weather.borrow_and_update();
            tokio::select! {
                // A connection that breaks is what this is for.
                _ = carry(phone, &way, now, count) => {}
                _ = weather.changed() => {}
            }
        });
    }
}

async fn carry(phone: TcpStream, way: &Way, weather: Weather, count: u64) -> io::Result<()> {
    if weather == Weather::Cut {
        return Ok(());
    }
    phone.set_nodelay(true)?;
    if !way.secured {
        return carry_on(phone, way, weather, count).await;
    }
    let shows = if weather == Weather::Stranger { Shows::Stranger } else { Shows::Itself };
    carry_on(names::secured(phone, shows).await?, way, weather, count).await
}

async fn carry_on<S>(mut phone: S, way: &Way, weather: Weather, count: u64) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if weather == Weather::Portal {
        return portal(&mut phone).await;
    }
    let Some(address) = way.station.get() else { return Ok(()) };
    let station = TcpStream::connect(address).await?;
    station.set_nodelay(true)?;
    let ((from_phone, to_phone), (from_station, to_station)) =
        (tokio::io::split(phone), station.into_split());
    match weather {
        Weather::Slow { bits, round_trip } => {
            let pace = pipe::Pace { bits, delay: round_trip / 2 };
            // The connection itself takes a turn.
            tokio::time::sleep(round_trip).await;
            let (up, down) =
                (pipe::slow(from_phone, to_station, pace), pipe::slow(from_station, to_phone, pace));
            tokio::try_join!(up, down).map(drop)
        }
        Weather::Lossy { seed, one_in } => {
            let world = ManualWorld::new(Timestamp::UNIX_EPOCH, seed.wrapping_mul(1000) + count);
            let luck = || !random::<1>(&world)[0].is_multiple_of(one_in.max(1));
            // The first that loses its luck takes the other along.
            tokio::try_join!(
                pipe::lossy(from_phone, to_station, luck),
                pipe::lossy(from_station, to_phone, luck)
            )
            .map(drop)
        }
        _ => tokio::try_join!(pipe::plain(from_phone, to_station), pipe::plain(from_station, to_phone))
            .map(drop),
    }
}

async fn portal(phone: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    let mut request = [0; 4096];
    if phone.read(&mut request).await? > 0 {
        phone.write_all(PORTAL.as_bytes()).await?;
    }
    phone.shutdown().await
}
