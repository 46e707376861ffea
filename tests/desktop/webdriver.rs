//! As much of W3C WebDriver as the story needs, spoken to WebKitWebDriver.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use terskel_tests::stage::{Launch, Process, until};

const SOON: Duration = Duration::from_secs(20);

/// A private screen and the driver on it.
pub(crate) struct Driver {
    pub url: String,
    driver: Process,
    screen: Process,
}

impl Driver {
    /// Starts both. What the driver starts inherits `env`.
    pub(crate) async fn start(dir: &Path, mut env: Vec<(String, std::ffi::OsString)>) -> Result<Self> {
        let screen = Launch {
            name: "xvfb".into(),
            program: "/usr/bin/Xvfb".into(),
            args: ["-displayfd", "1", "-screen", "0", "1024x1024x24", "-nolisten", "tcp"]
                .map(Into::into)
                .into(),
            env: vec![],
            log_dir: dir.to_owned(),
        };
        let (screen, display) = Process::start(screen).await?;
        env.push(("DISPLAY".into(), format!(":{display}").into()));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = Launch {
            name: "webkit-driver".into(),
            program: "/usr/bin/WebKitWebDriver".into(),
            args: vec!["--host=127.0.0.1".into(), format!("--port={port}").into()],
            env,
            log_dir: dir.to_owned(),
        };
        let driver = Process::launch(driver)?;
        let url = format!("http://127.0.0.1:{port}");
        let status = format!("{url}/status");
        until("the driver answers", SOON, async || Ok(reqwest::get(&status).await.ok())).await?;
        Ok(Self { url, driver, screen })
    }

    /// Ends both.
    pub(crate) async fn stop(self) -> Result<()> {
        self.driver.kill().await?;
        self.screen.kill().await
    }
}

/// The app's window.
pub(crate) struct Window {
    session: String,
    http: reqwest::Client,
}

impl Window {
    /// Starts the app under the driver.
    pub(crate) async fn open(driver: &Driver, app: &Path) -> Result<Self> {
        let http = reqwest::Client::new();
        let options = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        let wanted = json!({ "capabilities": { "alwaysMatch": options } });
        let made = send(http.post(format!("{}/session", driver.url)).json(&wanted)).await?;
        let id = made["sessionId"].as_str().context("a session has an id")?;
        Ok(Self { session: format!("{}/session/{id}", driver.url), http })
    }

    /// Waits until an element is there.
    pub(crate) async fn find(&self, css: &str) -> Result<Element<'_>> {
        let look = async || Ok(self.present(css).await.ok());
        let id = match until(css, SOON, look).await {
            Ok(id) => id,
            Err(error) => bail!("{error:#}\nThe window shows:\n{}", self.text().await.unwrap_or_default()),
        };
        Ok(Element { window: self, id })
    }

    /// Waits until an element is gone.
    pub(crate) async fn gone(&self, css: &str) -> Result<()> {
        until(&format!("{css} gone"), SOON, async || Ok(self.present(css).await.is_err().then_some(()))).await
    }

    /// Waits until the window shows a text.
    pub(crate) async fn shows(&self, text: &str) -> Result<()> {
        let shown = until(text, SOON, async || Ok(self.text().await?.contains(text).then_some(()))).await;
        match shown {
            Ok(()) => Ok(()),
            Err(error) => bail!("{error:#}\nThe window shows:\n{}", self.text().await.unwrap_or_default()),
        }
    }

    /// The size of the page.
    pub(crate) async fn size(&self) -> Result<(u64, u64)> {
        let size = self.run("return [window.innerWidth, window.innerHeight]").await?;
        Ok((size[0].as_u64().context("a width")?, size[1].as_u64().context("a height")?))
    }

    /// Closes the app.
    pub(crate) async fn close(self) -> Result<()> {
        send(self.http.delete(&self.session)).await.map(drop)
    }

    async fn text(&self) -> Result<String> {
        let text = self.run("return document.body.innerText").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    async fn run(&self, script: &str) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// The id of the first element that matches now.
    async fn present(&self, css: &str) -> Result<String> {
        let found = self.post("element", &json!({ "using": "css selector", "value": css })).await?;
        let id = found.as_object().and_then(|object| object.values().next()).and_then(Value::as_str);
        id.map(str::to_owned).context("an element has an id")
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        send(self.http.post(format!("{}/{path}", self.session)).json(body)).await
    }
}

/// Something in the window.
pub(crate) struct Element<'a> {
    window: &'a Window,
    id: String,
}

impl Element<'_> {
    /// Taps it.
    pub(crate) async fn tap(&self) -> Result<()> {
        self.window.post(&format!("element/{}/click", self.id), &json!({})).await.map(drop)
    }

    /// Types into it.
    pub(crate) async fn enter(&self, text: &str) -> Result<()> {
        self.window.post(&format!("element/{}/value", self.id), &json!({ "text": text })).await.map(drop)
    }
}

async fn send(request: reqwest::RequestBuilder) -> Result<Value> {
    let answer: Value = request.send().await?.json().await?;
    let value = &answer["value"];
    if let Some(error) = value["error"].as_str() {
        bail!("{error}: {}", value["message"].as_str().unwrap_or_default());
    }
    Ok(value.clone())
}
