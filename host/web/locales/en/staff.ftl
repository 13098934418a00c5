# Wordings of the staff's search and export.
cases-search-title = Find cases
cases-search-of = Find cases in { $name }
cases-search-label = Number, person or enterprise
cases-search-hint = A case number, identity number, telephone number, full name or unified social credit code. Only cases of your own district and department are found, and each search is on record.
cases-search-wrong = Type a whole number or a full name; parts are not looked for.
cases-search-button = Find
cases-search-found =
    { $n ->
        [0] Nothing was found.
        [one] One case was found.
       *[other] { $n } cases were found.
    }
cases-search-full = Only the newest are shown; look for something more exact.
export-title = Export the worklist
export-of = Export the worklist of { $name }
export-lead = The file holds open cases with names and numbers masked, and begins with who took it, when and what for. Each export is on record.
export-purpose = What it is for
export-purpose-hint = 2 to 200 characters, e.g. “quarterly check”. Name no person here.
export-wrong = Say what the file is for, in 2 to 200 characters.
export-button = Get the file
export-watermark = Exported by { $who }, { $when }, for: { $purpose } (audit entry { $entry }). Government data: not to be passed on or used for anything else.
export-cut = Only the first { $n } rows.
export-submitted = Submitted
export-name = Applicant (masked)
export-telephone = Telephone (masked)
export-identity = Identity number (masked)
