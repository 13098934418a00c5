//! The offices of Changge that answer for these services, and the documents they act on.

use lotus_sdk::prelude::*;
use lotus_sdk::setting_text;

/// 长葛市科学技术和工业信息化局
pub(crate) const INDUSTRY: (&str, &str) =
    ("长葛市科学技术和工业信息化局", "Changge Bureau of Science, Technology and Industry");
/// 长葛市人力资源和社会保障局
pub(crate) const LABOUR: (&str, &str) =
    ("长葛市人力资源和社会保障局", "Changge Bureau of Human Resources and Social Security");
/// 长葛市司法局
pub(crate) const JUSTICE: (&str, &str) = ("长葛市司法局", "Changge Bureau of Justice");

/// The counters where everything on these pages can also be asked in person.
pub(crate) fn counter() -> Contact {
    Contact::new(("装备制造企业服务专窗", "Counter for makers of equipment"))
        .telephone(setting_text("telephone", "0374-8000182"))
        .address((
            "长葛市政务服务中心工程建设专区（示范地址）",
            "Construction counters, Changge Government Service Centre (demonstration address)",
        ))
        .hours(("周一至周五 9:00—17:00，午间不间断", "Mon–Fri 9:00–17:00, through lunch"))
}

/// Article 29: zones and value-added services.
pub(crate) fn article_29() -> LegalBasis {
    LegalBasis::article("《许昌市政务服务条例》", "第二十九条")
}

/// Article 30: policies are published with conditions, procedure and time limits.
pub(crate) fn article_30() -> LegalBasis {
    LegalBasis::article("《许昌市政务服务条例》", "第三十条")
}
