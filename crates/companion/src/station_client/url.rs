//! The address of a station, as a person types it.

use reqwest::Url;

/// Checks an address: `https`, or plain `http` to this very machine. Gives it back without a slash at its end.
pub(crate) fn station_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let allowed = match url.scheme() {
        "https" => url.host_str().is_some_and(|h| !h.is_empty()),
        "http" => is_loopback(&url),
        _ => false,
    };
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (allowed && plain).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// Whether requests stay on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_on_this_machine() {
        for (typed, url) in [
            (" https://station.example/ ", Some("https://station.example")),
            ("https://station.example:8443/terskel/", Some("https://station.example:8443/terskel")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://localhost:8080/", Some("http://localhost:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://station.example", None),
            ("http://127.0.0.1.example", None),
            ("http://localhost.example", None),
            ("https://ada:4711@station.example", None),
            ("https://station.example/?x=1", None),
            ("ftp://station.example", None),
            ("station.example", None),
            ("", None),
        ] {
            assert_eq!(station_url(typed).as_deref(), url, "{typed}");
        }
    }
}
