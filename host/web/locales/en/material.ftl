# Wordings of materials, the drawer and drafts.
drawer-title = My drawer of materials
drawer-lead = What you have handed in is kept here, so that you need not hand it in twice. Files are encrypted; only you and the department that handles your case can read them.
drawer-take-out = Delete from the drawer
materials-for = Materials: { $name }
materials-prepare = Prepare the materials
materials-title = Materials
materials-back = Back to “{ $name }”
materials-there = Already there
materials-none = No materials yet.
materials-offered = From your drawer
materials-earlier = You handed this in before:
materials-use = Use this one
materials-leave = Leave it out this time
materials-new = Send a material
materials-name = Name of the material
materials-name-hint = As the guide calls it, e.g. 居民身份证; it will be offered again for other matters.
materials-file = Choose a file
materials-most = at most { $n } MB
materials-send = Send
draft-save = Save as a draft
draft-language = Save and switch to 中文
draft-materials = Save and add materials
draft-materials-count =
    { $n ->
        [one] One material goes with it
       *[other] { $n } materials go with it
    }
draft-saved-at = You continue where you stopped; last saved { $at }.
draft-saved-now = Your draft was saved.
draft-not-saved = Your draft is not saved yet. Please keep the page open; it will be tried again.
draft-discard = Clear the draft and start again
me-drafts = My drafts
me-draft-saved = Saved
