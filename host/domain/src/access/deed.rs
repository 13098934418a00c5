//! What can be done: the columns of the table in [`super`], by name and in words.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// See and move one's own cases.
    FollowOwnCases,
    /// See the open cases of a district, or of a department of it.
    SeeWorklist,
    /// See one case whole, with what its applicant gave.
    SeeCase,
    /// Move a case on, as its definition lets the role.
    MoveCase,
    /// Find cases by what names their applicants.
    SearchCases,
    /// Take a worklist away as a file, personal data masked.
    ExportCases,
    /// See how cases stand against their clocks, without what their applicants gave.
    SeeClocks,
    /// Say why a card of supervision was given.
    ExplainCard,
    /// Close a card of supervision or take it back.
    CloseCard,
    /// See a day's bookings and home visits, give waiting numbers, call the next.
    RunCounters,
    /// See the plugins of a district and how they do.
    SeePlugins,
    /// Bring plugins into service and take them out.
    ChangePlugins,
    /// See who holds which role.
    SeeRoles,
    /// Give and take roles.
    ChangeRoles,
    /// End other people's sessions and tokens.
    EndSessions,
    /// Make tokens for machines.
    MakeTokens,
    /// Ask for a case's fees and take them at the counter (article 31).
    TakeFees,
    /// Give fees back, and close a day's books.
    SettleFees,
    /// See what carries notices, and try again what failed.
    RunNotices,
    /// Warn people of risks in a district's name.
    WarnOfRisks,
    /// Write, publish and withdraw policies (article 30).
    EditPolicies,
    /// Read the audit chain.
    ReadAudit,
    /// Help applicants: be assigned assistance (article 26), tutor online (article 27).
    Help,
    /// Say which application comes before others.
    SetPriority,
    /// Write down what somebody says at the counter or on the telephone (article 38).
    RecordGrievances,
    /// Hand a grievance to the supervisory organ.
    EscalateGrievances,
    /// See what was escalated to the supervisory organ.
    SeeEscalated,
    /// Ask who a complainant is, with a reason.
    RevealComplainant,
    /// Make questions with their answers public, without what names anybody.
    PublishAnswers,
    /// Visit halls and give opinions as an invited supervisor (article 35).
    GiveOpinions,
    /// Draw up evaluations by outside bodies and have their findings put right (article 35).
    RunEvaluations,
    /// See an evaluation's pseudonymous answers, and report.
    SeeEvaluations,
    /// See a department's ratings once they are locked (article 36).
    SeeRatings,
    /// Write down how somebody on the telephone rates.
    RecordRatings,
    /// Look at ratings and texts that were held, and decide whether one is misjudged.
    CheckRatings,
    /// Call back whoever rated badly and gave a name.
    CallBackRaters,
    /// Hand out the codes of the tablets on which is rated in a hall.
    IssueRatingDevices,
    /// Write into intermediaries' credit records (article 32).
    KeepIntermediaries,
    /// Order another round of a draw that was not revealed.
    SuperviseDraws,
    /// Tell whoever matches of a policy, make payment files and take their receipts (article 30).
    RunClaims,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::FollowOwnCases,
        Self::SeeWorklist,
        Self::SeeCase,
        Self::MoveCase,
        Self::SearchCases,
        Self::ExportCases,
        Self::SeeClocks,
        Self::ExplainCard,
        Self::CloseCard,
        Self::RunCounters,
        Self::SeePlugins,
        Self::ChangePlugins,
        Self::SeeRoles,
        Self::ChangeRoles,
        Self::EndSessions,
        Self::MakeTokens,
        Self::TakeFees,
        Self::SettleFees,
        Self::RunNotices,
        Self::WarnOfRisks,
        Self::EditPolicies,
        Self::ReadAudit,
        Self::Help,
        Self::SetPriority,
        Self::RecordGrievances,
        Self::EscalateGrievances,
        Self::SeeEscalated,
        Self::RevealComplainant,
        Self::PublishAnswers,
        Self::GiveOpinions,
        Self::RunEvaluations,
        Self::SeeEvaluations,
        Self::SeeRatings,
        Self::RecordRatings,
        Self::CheckRatings,
        Self::CallBackRaters,
        Self::IssueRatingDevices,
        Self::KeepIntermediaries,
        Self::SuperviseDraws,
        Self::RunClaims,
    ];

    /// For columns and scopes of tokens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FollowOwnCases => "follow-own-cases",
            Self::SeeWorklist => "see-worklist",
            Self::SeeCase => "see-case",
            Self::MoveCase => "move-case",
            Self::SearchCases => "search-cases",
            Self::ExportCases => "export-cases",
            Self::SeeClocks => "see-clocks",
            Self::ExplainCard => "explain-card",
            Self::CloseCard => "close-card",
            Self::RunCounters => "run-counters",
            Self::SeePlugins => "see-plugins",
            Self::ChangePlugins => "change-plugins",
            Self::SeeRoles => "see-roles",
            Self::ChangeRoles => "change-roles",
            Self::EndSessions => "end-sessions",
            Self::MakeTokens => "make-tokens",
            Self::TakeFees => "take-fees",
            Self::SettleFees => "settle-fees",
            Self::RunNotices => "run-notices",
            Self::WarnOfRisks => "warn-of-risks",
            Self::EditPolicies => "edit-policies",
            Self::ReadAudit => "read-audit",
            Self::Help => "help",
            Self::SetPriority => "set-priority",
            Self::RecordGrievances => "record-grievances",
            Self::EscalateGrievances => "escalate-grievances",
            Self::SeeEscalated => "see-escalated",
            Self::RevealComplainant => "reveal-complainant",
            Self::PublishAnswers => "publish-answers",
            Self::GiveOpinions => "give-opinions",
            Self::RunEvaluations => "run-evaluations",
            Self::SeeEvaluations => "see-evaluations",
            Self::SeeRatings => "see-ratings",
            Self::RecordRatings => "record-ratings",
            Self::CheckRatings => "check-ratings",
            Self::CallBackRaters => "call-back-raters",
            Self::IssueRatingDevices => "issue-rating-devices",
            Self::KeepIntermediaries => "keep-intermediaries",
            Self::SuperviseDraws => "supervise-draws",
            Self::RunClaims => "run-claims",
        }
    }

    /// It opens, moves or lists cases themselves.
    pub(super) const fn is_of_cases(self) -> bool {
        matches!(
            self,
            Self::SeeWorklist
                | Self::SeeCase
                | Self::MoveCase
                | Self::SearchCases
                | Self::ExportCases
                | Self::TakeFees
                | Self::SetPriority
                | Self::PublishAnswers
        )
    }

    /// The deed of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::FollowOwnCases => ("查看本人办件", "Follow one's own cases"),
            Self::SeeWorklist => ("查看待办", "See the worklist"),
            Self::SeeCase => ("查看办件详情", "See a case whole"),
            Self::MoveCase => ("办理办件", "Move a case on"),
            Self::SearchCases => ("检索办件", "Find cases by number, person or enterprise"),
            Self::ExportCases => ("导出待办清单", "Export a worklist"),
            Self::SeeClocks => ("查看时限", "See how cases stand against their clocks"),
            Self::ExplainCard => ("说明监督牌", "Say why a card of supervision was given"),
            Self::CloseCard => ("销号监督牌", "Close a card of supervision or take it back"),
            Self::RunCounters => ("办理窗口预约、叫号和上门", "Run counters and home visits"),
            Self::SeePlugins => ("查看插件", "See plugins and how they do"),
            Self::ChangePlugins => ("启用、停用插件", "Bring plugins into service and take them out"),
            Self::SeeRoles => ("查看角色", "See who holds which role"),
            Self::ChangeRoles => ("授予、收回角色", "Give and take roles"),
            Self::EndSessions => ("结束会话", "End sessions"),
            Self::MakeTokens => ("签发接口令牌", "Make tokens for machines"),
            Self::TakeFees => ("收取费用", "Ask for fees and take them"),
            Self::SettleFees => ("退费、日结", "Give fees back and close the day"),
            Self::RunNotices => ("管理提示发送", "Run what carries notices"),
            Self::WarnOfRisks => ("发布风险提示", "Warn of risks"),
            Self::EditPolicies => ("编辑和发布政策", "Edit and publish policies"),
            Self::ReadAudit => ("查看审计链", "Read the audit chain"),
            Self::Help => ("帮办代办、在线辅导", "Help applicants and tutor them online"),
            Self::SetPriority => ("设定办件优先级", "Say which application comes first"),
            Self::RecordGrievances => ("记录诉求", "Write down grievances"),
            Self::EscalateGrievances => ("提级诉求", "Escalate grievances"),
            Self::SeeEscalated => ("查看提级诉求", "See what was escalated"),
            Self::RevealComplainant => ("查询诉求人身份", "Ask who a complainant is"),
            Self::PublishAnswers => ("公开答复", "Publish answers"),
            Self::GiveOpinions => ("提出监督意见", "Give a supervisor's opinions"),
            Self::RunEvaluations => ("组织第三方评估", "Run evaluations by outside bodies"),
            Self::SeeEvaluations => ("查看评估数据", "See an evaluation's answers"),
            Self::SeeRatings => ("查看评价", "See ratings"),
            Self::RecordRatings => ("记录电话评价", "Write down ratings by telephone"),
            Self::CheckRatings => ("核查评价、认定误评", "Check ratings and decide appeals against them"),
            Self::CallBackRaters => ("回访评价人", "Call back whoever rated"),
            Self::IssueRatingDevices => ("管理评价终端", "Hand out codes of rating tablets"),
            Self::KeepIntermediaries => ("记录中介机构信用", "Keep intermediaries' credit records"),
            Self::SuperviseDraws => ("监督中介服务抽取", "Supervise the drawing of intermediaries"),
            Self::RunClaims => ("推送政策、兑付", "Push policies and pay claims"),
        };
        Text::new(zh, en)
    }
}
