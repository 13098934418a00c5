//! The offices that answer for these services, how to reach them, and the documents they act on.

use lotus_sdk::prelude::*;
use lotus_sdk::setting_text;

/// 禹州市文化广电和旅游局
pub(crate) const CULTURE: (&str, &str) = ("禹州市文化广电和旅游局", "Yuzhou Bureau of Culture, Radio, TV and Tourism");
/// 禹州市农业农村局
pub(crate) const AGRICULTURE: (&str, &str) = ("禹州市农业农村局", "Yuzhou Bureau of Agriculture and Rural Affairs");
/// 禹州市科学技术和工业信息化局
pub(crate) const INDUSTRY: (&str, &str) =
    ("禹州市科学技术和工业信息化局", "Yuzhou Bureau of Science, Technology and Industry");
/// 禹州市司法局
pub(crate) const JUSTICE: (&str, &str) = ("禹州市司法局", "Yuzhou Bureau of Justice");

/// The telephone for advice.
pub(crate) fn telephone() -> String {
    setting_text("telephone", "0374-8000081")
}

/// The enterprise counter of the service centre, where everything on these pages can also be asked in person.
pub(crate) fn counter() -> Contact {
    Contact::new(("企业服务专窗", "Enterprise counter"))
        .telephone(telephone())
        .address((
            "禹州市政务服务中心二楼（示范地址）",
            "Floor 2, Yuzhou Government Service Centre (demonstration address)",
        ))
        .hours(("周一至周五 9:00—17:00，周六上午延时服务", "Mon–Fri 9:00–17:00; extended service on Saturday mornings"))
}

/// Article 29: zones and value-added services.
pub(crate) fn article_29() -> LegalBasis {
    LegalBasis::article("《许昌市政务服务条例》", "第二十九条")
}

/// Article 30: policies are published with conditions, procedure and time limits.
pub(crate) fn article_30() -> LegalBasis {
    LegalBasis::article("《许昌市政务服务条例》", "第三十条")
}

/// What every figure on these pages is marked with.
pub(crate) fn demonstration() -> Text {
    Text::new("演示数据", "Demonstration data")
}
