//! Where links lead: from a plugin's words to addresses of this host, or outward.

use lotus_domain::Slug;
use lotus_domain::district::Division;
use lotus_domain::page::LinkTarget;

use crate::reader::encoded;

/// Where a page stands: what a plugin's relative links start from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    /// The district.
    pub(crate) division: &'a Division,
    /// The zone, where the page is in one.
    pub(crate) zone: Option<&'a Slug>,
}

impl Standing<'_> {
    /// The address of a target that has passed the domain's check; what has not leads to the district's home.
    pub(crate) fn address(&self, target: &LinkTarget) -> String {
        let home = format!("/d/{}", self.division);
        if target.check().is_err() {
            return home;
        }
        match target {
            LinkTarget::Page(page) => match (self.zone, page.as_str()) {
                (None, _) => format!("{home}/services"),
                (Some(zone), "") => format!("{home}/zones/{zone}"),
                (Some(zone), page) => format!("{home}/zones/{zone}/{page}"),
            },
            LinkTarget::Service(id) => format!("{home}/services/{id}"),
            LinkTarget::Item(code) => format!("{home}/items/{code}"),
            LinkTarget::Zone(id) => format!("{home}/zones/{id}"),
            LinkTarget::Site(address) => address.clone(),
            LinkTarget::Telephone(number) => telephone(number),
            LinkTarget::Email(address) => format!("mailto:{address}"),
        }
    }
}

/// Whether a link leaves this host.
pub(crate) fn is_outward(target: &LinkTarget) -> bool {
    matches!(target, LinkTarget::Site(_))
}

/// A telephone number as one dials it.
pub(crate) fn telephone(number: &str) -> String {
    let dialled: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{}", encoded(&dialled).replace("%2B", "+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_starts_from_where_its_page_stands() {
        let division = Division::parse("411081").unwrap();
        let zone = Slug::parse("flowers").unwrap();
        let inside = Standing { division: &division, zone: Some(&zone) };
        let outside = Standing { division: &division, zone: None };
        let page = |id: &str| LinkTarget::Page(id.to_owned());
        assert_eq!(inside.address(&page("policies")), "/d/411081/zones/flowers/policies");
        assert_eq!(inside.address(&page("")), "/d/411081/zones/flowers");
        assert_eq!(outside.address(&page("policies")), "/d/411081/services");
        assert_eq!(inside.address(&LinkTarget::Site("javascript:alert(1)".into())), "/d/411081");
        assert_eq!(inside.address(&LinkTarget::Telephone("+86 374-800".into())), "tel:+86374800");
    }
}
