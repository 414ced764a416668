//! Where a stack is on this machine: the addresses of its services, from what its compose file publishes.

use super::ports;
use super::project::Project;

/// The way into a stack.
#[derive(Debug)]
pub struct SiteAddress {
    /// Host and port that speak plain HTTP.
    pub plain: String,
    /// The address for people.
    pub url: String,
}

impl Project {
    /// Where its services are on this machine, for a person, but for those that do not run.
    pub(crate) fn addresses(&self, ended: &[(String, String)]) -> Vec<String> {
        let all = ports::wanted(&self.config).into_iter();
        let runs = |service: &str| ended.iter().all(|(ended, _)| ended != service);
        let open = all.filter(|want| !want.inner && runs(&want.service));
        let each = open.map(|want| {
            let scheme = match want.inside {
                443 | 8443 => "https://",
                3306 | 5432 => "",
                _ => "http://",
            };
            format!("{scheme}{} ({})", want.host_address(), want.service)
        });
        each.collect()
    }

    /// Ports that are asked for and that the engine does not publish: the service, and the place on this machine.
    pub(crate) fn unpublished(&self) -> Vec<(String, String)> {
        let all = ports::wanted(&self.config).into_iter();
        let inner = all.filter(|want| want.inner);
        inner
            .map(|want| (want.service.clone(), want.host_address()))
            .collect()
    }

    /// The way in for people: the proxy where there is one, else the application.
    pub fn address(&self) -> Option<SiteAddress> {
        let wanted = ports::wanted(&self.config);
        let secure = |want: &&ports::Wanted| matches!(want.inside, 443 | 8443);
        ["proxy", "app"].iter().find_map(|service| {
            let of = || wanted.iter().filter(|want| want.service == *service);
            let plain = of().find(|want| !secure(want))?;
            let url = of().find(secure).map_or_else(
                || format!("http://{}/", plain.host_address()),
                |want| format!("https://{}/", want.host_address()),
            );
            Some(SiteAddress {
                plain: plain.host_address(),
                url,
            })
        })
    }
}
