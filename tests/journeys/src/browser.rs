//! A browser without a script: follows no redirect by itself, keeps cookies, reads forms as they stand on a page.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use scraper::{Html, Selector};

/// Somebody who looks at the city's pages.
#[derive(Clone)]
pub struct Browser {
    base: String,
    client: Client,
    cookies: Arc<Jar>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP's status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as text.
    pub body: String,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let cookies = Arc::new(Jar::default());
        let client = Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self { base: format!("http://{address}"), client, cookies }
    }

    /// A request that is still to be sent: to a path of the city's, or to a whole address elsewhere.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let address = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.client.request(method.parse().unwrap(), address)
    }

    /// The cookies that it would bring, for a request that is written by hand.
    pub fn session_cookie(&self) -> String {
        let cookies = self.cookies.cookies(&self.base.parse().unwrap());
        cookies.map(|cookies| cookies.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Looks at a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request("POST", path).form(fields)).await
    }

    /// Sends a form and follows where it leads.
    pub async fn post_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        match answer.location() {
            Some(to) => self.get(&to).await,
            None => answer,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

impl Answer {
    /// Where it leads, where it does.
    pub fn location(&self) -> Option<String> {
        self.headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned())
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The texts of all elements that a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
    }

    /// An attribute of all elements that a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).filter_map(|found| found.attr(name)).map(ToOwned::to_owned).collect()
    }

    /// What the page's form would send as it stands, by name.
    pub fn form(&self) -> BTreeMap<String, String> {
        let page = Html::parse_document(&self.body);
        let fields = Selector::parse("main form input, main form textarea, main form select").unwrap();
        let chosen = Selector::parse("option[selected]").unwrap();
        let mut form = BTreeMap::new();
        for field in page.select(&fields) {
            let Some(name) = field.attr("name") else { continue };
            let value = match (field.value().name(), field.attr("type")) {
                ("textarea", _) => field.text().collect::<String>().trim_start_matches('\n').to_owned(),
                ("select", _) => match field.select(&chosen).next() {
                    Some(option) => option.attr("value").unwrap_or_default().to_owned(),
                    None => continue,
                },
                (_, Some("checkbox" | "radio")) if field.attr("checked").is_none() => continue,
                _ => field.attr("value").unwrap_or_default().to_owned(),
            };
            form.insert(name.to_owned(), value);
        }
        form
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
