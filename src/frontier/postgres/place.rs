//! Where a frontier lies on a server, from an address as people write it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::PostgresError;

/// The schema, where none is named.
const SCHEMA: &str = "cleancopy";
/// The port, where none is named.
const PORT: u16 = 5432;

/// How far a server is trusted, by the names that PostgreSQL's own programs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Security {
    /// No TLS.
    Disable,
    /// TLS if the server has it, whoever it is.
    Prefer,
    /// TLS, whoever the server is.
    Require,
    /// TLS with a certificate of an authority that is trusted.
    VerifyCa,
    /// The same, and the certificate is that of the host.
    VerifyFull,
}

impl Security {
    const ALL: [(&'static str, Self); 5] = [
        ("disable", Self::Disable),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

/// A PostgreSQL server, a database on it, and a schema in that: where a frontier lies.
///
/// Neither `Display` nor `Debug` shows a password.
///
/// # Examples
/// ```
/// use cleancopy::frontier::Place;
/// let place = Place::parse("postgres://desk:secret@db.example/news?sslmode=verify-full&schema=daily")?;
/// assert_eq!(place.to_string(), "db.example:5432/news (schema daily)");
/// assert!(!format!("{place:?}").contains("secret"));
/// # Ok::<(), cleancopy::frontier::PostgresError>(())
/// ```
#[derive(Clone)]
pub struct Place {
    pub(super) config: Config,
    pub(super) schema: String,
    pub(super) security: Security,
    /// The file with the authorities that are trusted instead of the system's.
    pub(super) roots: Option<PathBuf>,
}

impl Place {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?KEY=VALUE&…`.
    ///
    /// Keys are those of PostgreSQL's own programs, among them `sslmode` (`disable`, `prefer`,
    /// `require`, `verify-ca`, `verify-full`; `prefer` where none is given), `sslrootcert` (a PEM
    /// file; without it the system's authorities count), `connect_timeout` and `application_name`.
    /// `schema` is our own: one schema holds one crawl, `cleancopy` where none is named.
    ///
    /// # Errors
    /// [`PostgresError::Address`] where it cannot be read; the error does not repeat it.
    pub fn parse(text: &str) -> Result<Self, PostgresError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let kinds = ["postgres://", "postgresql://"];
        if !kinds.iter().any(|kind| address.starts_with(kind)) {
            return Err(PostgresError::Address(
                "it begins with neither postgres:// nor postgresql://".to_owned(),
            ));
        }
        let (mut schema, mut security, mut roots) = (SCHEMA.to_owned(), None, None);
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (_, value) = url::form_urlencoded::parse(pair.as_bytes())
                .next()
                .unwrap_or_default();
            match pair.split('=').next().unwrap_or_default() {
                "schema" => schema = value.into_owned(),
                "sslmode" => security = Some(mode(&value)?),
                "sslrootcert" if value == "system" => roots = None,
                "sslrootcert" => roots = Some(PathBuf::from(value.into_owned())),
                _ => others.push(pair),
            }
        }
        check_schema(&schema)?;
        let rest = format!("{address}?{}", others.join("&"));
        let config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            PostgresError::Address(super::error::why(&error))
        })?;
        let mut security = security.unwrap_or(Security::Prefer);
        // As with PostgreSQL's own programs: whoever names authorities wants them to count.
        if security == Security::Require && roots.is_some() {
            security = Security::VerifyCa;
        }
        let mut place = Self {
            config,
            schema,
            security,
            roots,
        };
        place.tune();
        Ok(place)
    }

    /// The same with this password, unless the address had one.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        if self.config.get_password().is_none() {
            self.config.password(password);
        }
        self
    }

    /// Sets what the address leaves open, so that a server that vanished is noticed.
    fn tune(&mut self) {
        let config = &mut self.config;
        config.ssl_mode(match self.security {
            Security::Disable => SslMode::Disable,
            Security::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        config.keepalives_idle(Duration::from_secs(15));
        if config.get_application_name().is_none() {
            config.application_name(application(&self.schema));
        }
        let given = config.get_options().map_or_else(String::new, str::to_owned);
        config.options(format!("{given} -c search_path={}", self.schema).trim_start());
    }

    /// The server alone, as in messages.
    pub(super) fn server(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        });
        let ports = self.config.get_ports();
        let with_port = hosts.enumerate().map(|(n, host)| {
            let port = ports.get(n).or(ports.first()).copied().unwrap_or(PORT);
            format!("{host}:{port}")
        });
        with_port.collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server())?;
        if let Some(database) = self.config.get_dbname() {
            write!(f, "/{database}")?;
        }
        write!(f, " (schema {})", self.schema)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// By which the server knows connections of a crawl, where the address does not say otherwise.
pub(super) fn application(schema: &str) -> String {
    format!("cleancopy {schema}")
}

fn mode(name: &str) -> Result<Security, PostgresError> {
    let known = Security::ALL.iter().find(|(known, _)| *known == name);
    known.map(|(_, mode)| *mode).ok_or_else(|| {
        let names = Security::ALL.map(|(name, _)| name).join(", ");
        PostgresError::Address(format!("sslmode is none of {names}"))
    })
}

/// A name that needs no quotes anywhere.
fn check_schema(name: &str) -> Result<(), PostgresError> {
    let plain = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && name.chars().all(plain) && name.len() < 64 && !name.starts_with("pg_") {
        return Ok(());
    }
    Err(PostgresError::Address(
        "schema is not made of small letters, digits and underscores, a letter first".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_postgres_programs_read_it() {
        for (text, shown, security) in [
            (
                "postgres://db.example",
                "db.example:5432 (schema cleancopy)",
                Security::Prefer,
            ),
            (
                "postgresql://u@a.example:1,b.example:2/n?sslmode=verify-ca",
                "a.example:1,b.example:2/n (schema cleancopy)",
                Security::VerifyCa,
            ),
            (
                "postgres://u:p%40x@db.example/n?sslmode=require&sslrootcert=%2Fetc%2Fca.pem&schema=s1",
                "db.example:5432/n (schema s1)",
                Security::VerifyCa,
            ),
        ] {
            let place = Place::parse(text).expect("a good address");
            assert_eq!(
                (place.to_string().as_str(), place.security),
                (shown, security)
            );
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_it() {
        for text in [
            "mysql://u:hunter2@db.example/n",
            "postgres://u:hunter2@db.example/n?sslmode=always",
            "postgres://u:hunter2@db.example/n?schema=a;b",
            "postgres://u:hunter2@db.example/n?hunter2=1",
            "postgres://u:hunter2@db.example:port/n",
        ] {
            let told = Place::parse(text).expect_err("a bad address").to_string();
            assert!(told.len() > 40 && !told.contains("u:hunter2"), "{told}");
        }
    }
}
