//! The table of roles and deeds, row by row where it matters.

use super::*;

fn division(code: &str) -> Division {
    Division::parse(code).unwrap()
}

fn held(role: Role, code: &str) -> Held {
    Held { role, division: division(code), department: None, until: None }
}

fn access(held: Vec<Held>) -> Access {
    Access { held, city: division("411000") }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + second).unwrap()
}

fn may(access: &Access, deed: Deed, code: &str, department: Option<&str>) -> bool {
    access.may(deed, Place { division: &division(code), department }, at(0))
}

#[test]
fn a_handler_sees_its_own_department_and_no_other_district() {
    let role = Held { department: Some("文化广电和旅游局".into()), ..held(Role::Handler, "411081") };
    let handler = access(vec![role]);
    assert!(may(&handler, Deed::SeeCase, "411081", Some("文化广电和旅游局")));
    assert!(!may(&handler, Deed::SeeCase, "411081", Some("商务局")));
    assert!(!may(&handler, Deed::SeeCase, "411082", Some("文化广电和旅游局")));
    assert!(!may(&handler, Deed::ReadAudit, "411081", None));
}

#[test]
fn a_scope_is_the_departments_that_a_role_is_held_in_or_the_whole_district() {
    let of =
        |department: Option<&str>| Held { department: department.map(Into::into), ..held(Role::Handler, "411081") };
    let scope = |held: Vec<Held>, code: &str| access(held).departments(Deed::SearchCases, &division(code), at(0));
    let two = scope(vec![of(Some("商务局")), of(Some("教育局"))], "411081").unwrap();
    assert_eq!(two.into_iter().collect::<Vec<_>>(), ["商务局", "教育局"]);
    assert_eq!(scope(vec![of(Some("商务局")), of(None)], "411081"), None, "the whole district");
    assert_eq!(scope(vec![of(None)], "411082"), Some(BTreeSet::new()), "another district: nothing");
    assert_eq!(scope(vec![held(Role::Auditor, "411000")], "411081"), Some(BTreeSet::new()));
}

#[test]
fn a_helper_reads_what_they_help_with_and_moves_their_own_mandate_alone() {
    let helper = access(vec![held(Role::Helper, "411081")]);
    let may = |access: &Access, deed, hand, code: &str| {
        let division = division(code);
        access.roles_in_hand(deed, hand, Place { division: &division, department: None }, at(0)).next().is_some()
    };
    assert!(may(&helper, Deed::SeeCase, Hand::Helping, "411081"));
    assert!(!may(&helper, Deed::MoveCase, Hand::Helping, "411081"), "the application stays its applicant's");
    assert!(may(&helper, Deed::MoveCase, Hand::Assigned, "411081"));
    assert!(!may(&helper, Deed::SeeCase, Hand::Assigned, "411082"), "another district");
    let place = Place { division: &division("411081"), department: None };
    assert!(!helper.may(Deed::SeeCase, place, at(0)), "what is not in their hands is not theirs");
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Helper) {
        let other = access(vec![held(role, "411081")]);
        assert!(!may(&other, Deed::SeeCase, Hand::Helping, "411081"), "{role:?}: hands open nothing to others");
    }
}

#[test]
fn a_role_ends_at_its_end() {
    let role = Held { until: Some(at(10)), ..held(Role::Clerk, "411081") };
    let clerk = access(vec![role]);
    let place = Place { division: &division("411081"), department: None };
    assert!(clerk.may(Deed::SeeWorklist, place, at(9)));
    assert!(!clerk.may(Deed::SeeWorklist, place, at(10)));
}

#[test]
fn a_role_of_the_city_reaches_every_district_only_when_it_is_held_in_the_city() {
    assert!(may(&access(vec![held(Role::Auditor, "411000")]), Deed::ReadAudit, "411081", None));
    assert!(!may(&access(vec![held(Role::Auditor, "411082")]), Deed::ReadAudit, "411081", None));
    assert!(!may(&access(vec![held(Role::DistrictAdministrator, "411000")]), Deed::SeePlugins, "411081", None));
}

#[test]
fn no_deed_of_the_three_administrators_is_shared_but_looking_at_roles() {
    let three = [Role::CityOperator, Role::SecurityAdministrator, Role::Auditor];
    for (at, one) in three.iter().enumerate() {
        for other in &three[at + 1..] {
            let shared: Vec<&Deed> = one.deeds().iter().filter(|deed| other.deeds().contains(deed)).collect();
            assert!(shared.iter().all(|deed| **deed == Deed::SeeRoles), "{one:?} and {other:?} share {shared:?}");
        }
    }
}

#[test]
fn nobody_becomes_two_of_the_three_administrators() {
    let security = access(vec![held(Role::SecurityAdministrator, "411000")]);
    let auditor = held(Role::Auditor, "411000");
    assert_eq!(security.may_give(&auditor, &[], at(0)), Ok(()));
    let operator = [held(Role::CityOperator, "411000")];
    assert_eq!(security.may_give(&auditor, &operator, at(0)), Err(GrantError::ThreeAdministrators));
    let elsewhere = held(Role::Auditor, "411081");
    assert_eq!(security.may_give(&elsewhere, &[], at(0)), Err(GrantError::Elsewhere));
}

#[test]
fn a_district_administrator_gives_its_own_districts_roles_alone() {
    let administrator = access(vec![held(Role::DistrictAdministrator, "411081")]);
    assert_eq!(administrator.may_give(&held(Role::Clerk, "411081"), &[], at(0)), Ok(()));
    assert_eq!(administrator.may_give(&held(Role::Clerk, "411082"), &[], at(0)), Err(GrantError::NotYours));
    assert_eq!(administrator.may_give(&held(Role::Auditor, "411000"), &[], at(0)), Err(GrantError::NotYours));
}

#[test]
fn names_are_read_as_they_are_written() {
    assert!(Role::ALL.into_iter().all(|role| Role::parse(role.name()) == Some(role)));
    assert!(Deed::ALL.into_iter().all(|deed| Deed::parse(deed.name()) == Some(deed)));
}
