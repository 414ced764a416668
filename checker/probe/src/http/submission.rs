//! A filled form as a browser puts it into a request: in the address, or as a body in the encoding that the form names
//! (HTML, section 4.10.21.3, "Form submission algorithm").

use reqwest::header::{CONTENT_TYPE, ORIGIN, REFERER};
use reqwest::{Method, RequestBuilder, Url};

use crate::html::form::{Fields, Sending};
use labcheck_engine::token::fresh;

/// A form that is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Submission<'f> {
    pub sending: Sending,
    pub fields: &'f Fields,
    /// The page it stands on, which a browser names in `Origin` and `Referer`.
    pub page: &'f Url,
}

impl Submission<'_> {
    /// `GET` or `POST`.
    pub(crate) fn method(&self) -> Method {
        match self.sending {
            Sending::Query => Method::GET,
            Sending::Urlencoded | Sending::Multipart | Sending::Plain => Method::POST,
        }
    }

    /// Where the request goes: fields that are sent in the address take the place of its query.
    pub(crate) fn address(&self, action: &Url) -> Url {
        let mut url = action.clone();
        if self.sending == Sending::Query {
            url.query_pairs_mut().clear().extend_pairs(self.fields);
        }
        url
    }

    /// A request with the form in it.
    pub(crate) fn dress(&self, request: RequestBuilder) -> RequestBuilder {
        let mut from = self.page.clone();
        from.set_fragment(None);
        let request = request.header(REFERER, from.as_str());
        if self.sending == Sending::Query {
            return request;
        }
        let request = request.header(ORIGIN, self.page.origin().ascii_serialization());
        match self.sending {
            Sending::Multipart => {
                let boundary = format!("----geckoformboundary{}{}", fresh(), fresh());
                let kind = format!("multipart/form-data; boundary={boundary}");
                let body = multipart(self.fields, &boundary);
                request.header(CONTENT_TYPE, kind).body(body)
            }
            Sending::Plain => {
                let request = request.header(CONTENT_TYPE, "text/plain");
                request.body(plain(self.fields))
            }
            Sending::Query | Sending::Urlencoded => request.form(self.fields),
        }
    }
}

/// Fields as parts (RFC 7578); line breaks are those of the network, and a name cannot end its own quotation.
fn multipart(fields: &Fields, boundary: &str) -> String {
    let part = |(name, value): &(String, String)| {
        let name = lines(name)
            .replace('"', "%22")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        let value = lines(value);
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let parts: String = fields.iter().map(part).collect();
    format!("{parts}--{boundary}--\r\n")
}

/// Fields as lines, for people to read.
fn plain(fields: &Fields) -> String {
    let line = |(name, value): &(String, String)| format!("{}={}\r\n", lines(name), lines(value));
    fields.iter().map(line).collect()
}

/// Line breaks as `CRLF`.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        vec![
            ("a\"b".to_owned(), "one\ntwo".to_owned()),
            ("name".to_owned(), "x & y".to_owned()),
        ]
    }

    #[test]
    fn parts_and_lines_are_as_browsers_write_them() {
        assert_eq!(
            multipart(&fields(), "B"),
            "--B\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\none\r\ntwo\r\n\
             --B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx & y\r\n--B--\r\n"
        );
        assert_eq!(plain(&fields()), "a\"b=one\r\ntwo\r\nname=x & y\r\n");
    }

    #[test]
    fn fields_in_the_address_take_the_place_of_its_query() {
        let url = Url::parse("http://h/search?old=1").expect("an address");
        let fields = vec![("q".to_owned(), "x & y".to_owned())];
        let sent = |sending| {
            let submission = Submission {
                sending,
                fields: &fields,
                page: &url,
            };
            (
                submission.method().to_string(),
                submission.address(&url).to_string(),
            )
        };
        assert_eq!(
            sent(Sending::Query),
            ("GET".into(), "http://h/search?q=x+%26+y".into())
        );
        assert_eq!(
            sent(Sending::Plain),
            ("POST".into(), "http://h/search?old=1".into())
        );
    }
}
