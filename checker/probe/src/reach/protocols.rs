//! Protocols other than HTTP that honest programs on both networks speak, told by their answer to a
//! question. Such a port is explained as one that answers with a page is, and no connection to it has to be held: a program
//! that serves few at once, as php-fpm does, would have none left for its visitors. Pure.

/// `SSLRequest`: whether `PostgreSQL` speaks TLS.
pub(crate) const SSL_REQUEST: &[u8] = b"\0\0\0\x08\x04\xd2\x16\x2f";
/// A request for a page, which is a small one where there is any.
pub(crate) const PAGE: &[u8] = b"GET /favicon.ico HTTP/1.0\r\n\r\n";

/// A protocol: what is asked in it, and what an answer looks like.
pub(crate) struct Protocol {
    pub question: &'static [u8],
    /// Whether these bytes are an answer in it.
    pub answers: fn(&[u8]) -> bool,
}

/// What is asked, of each port on a connection of its own.
pub(crate) const PROTOCOLS: [Protocol; 4] = [
    // FastCGI: FCGI_GET_VALUES for FCGI_MAX_CONNS; the answer is of the type FCGI_GET_VALUES_RESULT.
    Protocol {
        question: b"\x01\x09\0\0\0\x10\0\0\x0e\0FCGI_MAX_CONNS",
        answers: |said| said.starts_with(&[1, 10, 0, 0]),
    },
    // HTTP/2 without TLS, as gRPC speaks it: the preface and empty SETTINGS; the answer begins with SETTINGS of its own.
    Protocol {
        question: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        answers: |said| matches!(said, [0, 0, _, 4, _, 0, 0, 0, 0, ..]),
    },
    // Redis.
    Protocol {
        question: b"PING\r\n",
        answers: |said| said.starts_with(b"+PONG\r\n") || said.starts_with(b"-NOAUTH "),
    },
    // memcached.
    Protocol {
        question: b"version\r\n",
        answers: |said| said.starts_with(b"VERSION "),
    },
];

/// `PostgreSQL`, which explains a port where the database that is kept apart is another one.
pub(crate) const POSTGRES: Protocol = Protocol {
    question: SSL_REQUEST,
    answers: |said| matches!(said, b"S" | b"N"),
};

/// Whether a web server answers with these bytes.
pub(crate) fn page(said: &[u8]) -> bool {
    said.starts_with(b"HTTP/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_knows_its_own_answer_alone() {
        let answers: [&[u8]; 4] = [
            b"\x01\x0a\0\0\0\x11\x07\0\x0e\x01FCGI_MAX_CONNS5",
            b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64",
            b"-NOAUTH Authentication required.\r\n",
            b"VERSION 1.6.38\r\n",
        ];
        for (at, protocol) in PROTOCOLS.iter().enumerate() {
            for (of, answer) in answers.iter().enumerate() {
                assert_eq!((protocol.answers)(answer), at == of, "{at} {of}");
            }
            for other in [
                &b""[..],
                b"HTTP/1.1 400 Bad Request\r\n",
                b"220 backup service ready\r\n",
                b"\x4a\0\0\0\x0a11.8.3-MariaDB\0",
            ] {
                assert!(!(protocol.answers)(other), "{at} {other:?}");
            }
        }
        assert!(page(b"HTTP/1.0 404 Not Found") && !page(b"220 HTTP/1.1"));
    }

    #[test]
    fn the_length_in_the_question_of_fastcgi_is_its_own() {
        let question = PROTOCOLS[0].question;
        assert_eq!(usize::from(question[5]), question.len() - 8);
        assert_eq!(usize::from(question[8]), "FCGI_MAX_CONNS".len());
    }
}
