//! Which addresses may be asked at all.
//!
//! A URL list may name, and any page may redirect to, a service inside the network the crawler
//! runs in. So addresses that are not part of the public internet are refused: literals before
//! the request, host names after they were resolved and before anything is connected (the client
//! connects to the very addresses that were checked, so a name that changes its mind gains
//! nothing). Behind a proxy the proxy resolves names, and only literals are checked here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// An address is not part of the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {kind}")]
pub struct Refused {
    /// The address.
    pub address: IpAddr,
    /// What it is, in a word or two.
    pub kind: &'static str,
}

/// Refuses addresses that are not part of the public internet, but for those allowed.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<IpNet>,
}

impl Guard {
    /// A guard that lets these networks through.
    pub fn allowing(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Checks one address.
    ///
    /// # Errors
    /// [`Refused`], saying what the address is.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::fetch::Guard;
    /// let guard = Guard::default();
    /// assert!(guard.check("93.184.216.34".parse()?).is_ok());
    /// assert_eq!(guard.check("::ffff:10.0.0.1".parse()?).unwrap_err().kind, "private");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn check(&self, address: IpAddr) -> Result<(), Refused> {
        let plain = embedded(address).map_or(address, IpAddr::V4);
        if self
            .allowed
            .iter()
            .any(|net| net.contains(&address) || net.contains(&plain))
        {
            return Ok(());
        }
        let kind = match plain {
            IpAddr::V4(v4) => kind_of_v4(v4),
            IpAddr::V6(v6) => kind_of_v6(v6),
        };
        kind.map_or(Ok(()), |kind| Err(Refused { address, kind }))
    }

    /// Checks a URL whose host is an address; a host name passes and is checked when resolved.
    ///
    /// # Errors
    /// [`Refused`], saying what the address is.
    pub fn check_literal(&self, url: &Url) -> Result<(), Refused> {
        match url.host() {
            // The WHATWG parser has read octal, hexadecimal and short spellings by now.
            Some(Host::Ipv4(v4)) => self.check(v4.into()),
            Some(Host::Ipv6(v6)) => self.check(v6.into()),
            _ => Ok(()),
        }
    }
}

/// The IPv4 address inside an IPv6 one: mapped, translated, compatible, NAT64, 6to4, ISATAP.
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else {
        return None;
    };
    let s = v6.segments();
    let tail = Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some(tail),
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) > (0, 1) => Some(tail),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

/// What an IPv4 address is if it is not public (IANA special-purpose address registry).
fn kind_of_v4(v4: Ipv4Addr) -> Option<&'static str> {
    let kind = match v4.octets() {
        [0, ..] => "of this network",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [100, 64..=127, ..] => "shared (CGNAT)",
        [127, ..] => "loopback",
        [169, 254, ..] => "link-local",
        [192, 0, 0, _] => "for protocol assignments",
        [192, 88, 99, _] => "a 6to4 relay",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "for documentation",
        [198, 18..=19, ..] => "for benchmarks",
        [224..=239, ..] => "multicast",
        [240..=255, ..] => "reserved",
        _ => return None,
    };
    Some(kind)
}

/// What an IPv6 address is if it is not public.
fn kind_of_v6(v6: Ipv6Addr) -> Option<&'static str> {
    let s = v6.segments();
    let kind = match s {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0x64, 0xff9b, 1, ..] => "local translation",
        [0x2001, 0xdb8, ..] => "for documentation",
        [0x3fff, third, ..] if third < 0x1000 => "for documentation",
        [0x2001, 0, ..] => "a Teredo tunnel",
        [0x2001, second, ..] if second < 0x200 => "for protocol assignments",
        [0x100, 0, 0, 0, ..] => "for discarding",
        [0x5f00, ..] => "for segment routing",
        _ if s[0] & 0xfe00 == 0xfc00 => "private",
        _ if s[0] & 0xffc0 == 0xfe80 => "link-local",
        _ if s[0] & 0xffc0 == 0xfec0 => "site-local",
        _ if s[0] & 0xff00 == 0xff00 => "multicast",
        _ => return None,
    };
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_inner_address_is_refused() {
        let guard = Guard::default();
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0177.0.0.1",
            "2130706433",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:a00:1::]",
            "[fc00::1]",
            "[fd12::1]",
            "[fe80::1]",
            "[ff02::1]",
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert!(guard.check_literal(&url).is_err(), "{host}");
        }
    }

    #[test]
    fn public_addresses_and_allowed_networks_pass() {
        let guard = Guard::allowing(vec!["127.0.0.0/8".parse().unwrap()]);
        for host in [
            "127.0.0.1",
            "[::ffff:127.0.0.1]",
            "1.1.1.1",
            "[2606:4700::1111]",
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(guard.check_literal(&url), Ok(()), "{host}");
        }
    }
}
