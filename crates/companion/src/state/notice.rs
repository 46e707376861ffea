//! What may be said of an alarm where anybody can read it: in a notification, and on the app's own locked screen. The one
//! place that decides it.

use terskel_api::dispatch::Resident;
use terskel_model::phone_policy::NoticePolicy;

/// Whom the alarm is about, as far as the unit lets it be read; the interface words the rest. A policy that this version
/// does not know says nothing.
pub(crate) fn who(policy: &NoticePolicy, resident: &Resident) -> Option<String> {
    let text = match policy {
        NoticePolicy::Nothing | NoticePolicy::Unknown(_) => String::new(),
        NoticePolicy::Initials => [&resident.first_name, &resident.last_name]
            .into_iter()
            .flat_map(|name| name.split([' ', '-']).filter_map(|part| part.chars().next()))
            .flat_map(|letter| letter.to_uppercase().chain(['.']))
            .collect(),
        NoticePolicy::Full => {
            let name = format!("{} {}", resident.first_name, resident.last_name);
            let parts = [name.trim(), resident.address.trim(), resident.town.trim()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terskel_model::ResidentId;

    fn resident(first_name: &str, last_name: &str) -> Resident {
        Resident {
            id: ResidentId(uuid::Uuid::nil()),
            first_name: first_name.into(),
            last_name: last_name.into(),
            birth_year: Some(1942),
            address: "Solbakken 12".into(),
            town: "Fjordby".into(),
            phone_number: "+47 22 33 44 55".into(),
            way_in: "code 1234".into(),
        }
    }

    #[test]
    fn a_notice_says_no_more_than_the_unit_allows() {
        let kari = resident("Kari", "Nordmann");
        assert_eq!(who(&NoticePolicy::Nothing, &kari), None);
        assert_eq!(who(&NoticePolicy::Unknown("photograph".into()), &kari), None);
        assert_eq!(who(&NoticePolicy::Initials, &kari).unwrap(), "K.N.");
        assert_eq!(who(&NoticePolicy::Full, &kari).unwrap(), "Kari Nordmann, Solbakken 12, Fjordby");
    }

    #[test]
    fn initials_of_all_names_and_letters() {
        assert_eq!(who(&NoticePolicy::Initials, &resident("Anne-Lise", "de Ærø")).unwrap(), "A.L.D.Æ.");
        assert_eq!(who(&NoticePolicy::Initials, &resident("  ", "نورمان")).unwrap(), "ن.");
        assert_eq!(who(&NoticePolicy::Initials, &resident("", "")), None);
    }

    #[test]
    fn never_how_to_get_in_or_how_to_call() {
        for policy in ["none", "initials", "full", "of_tomorrow"] {
            let said = who(&NoticePolicy::from(policy), &resident("Kari", "Nordmann")).unwrap_or_default();
            assert!(!said.contains("1234") && !said.contains("22 33") && !said.contains("1942"), "{said}");
        }
    }
}
