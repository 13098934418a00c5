# Wordings of the portal: the frame of pages, city, districts, items, zones, services, forms.
site-name = Lotus government services
site-place = { $name }
skip = Skip to the content
options = Language and type size
type-large = Larger type
type-normal = Normal type
nav = Main sections
nav-home = Home
nav-items = Items
nav-zones = Zones
nav-services = Services
nav-cases = Follow a case
nav-districts = Districts
foot-api = API
foot-note = Using this site costs nothing. If you get stuck, come to the hall or call; somebody will do it with you.
crumbs = Where you are
crumb-city = City
list-comma = {", "}
colon = {": "}
yes = Yes
no = No
free = Free of charge
required = Required
optional = (optional)
if-any = If there is one
served = For: {""}
outward = (another site)
telephone = Telephone
email = E-mail
address = Address
hours = Opening hours
next-title = What you can do now
back-home = Back to the home page
hall = Service hall
hall-of = Service hall of { $name }
hall-telephone = Advice
hall-supervision = Supervision
notices = Notices

city-title = Choose a district
city-heading = Government services of { $name }
city-choose = Where do you need something done?
city-own = What the city's own departments handle, open to everybody.
city-empty = No district has been entered yet. Please come back later.
city-follow = You have applied already?
city-follow-detail = With the case number and its code you can see at any time how far it is.

district-title = Government services of { $name }
home-themes = What would you like to do?
home-people = For you
home-enterprises = For your enterprise
home-all-items = All { $n } items
zone-mark = Zone

search-label = Search for an item
search-example = e.g. restaurant, disability card, tax refund
search-button = Search
items-title = Items
items-filter = Narrow by whom they serve
items-filter-off = , select to take this filter away
items-all = All
items-person = Individuals
items-enterprise = Enterprises and organisations
items-count = { $n ->
    [one] 1 item
   *[other] { $n } items
}
items-found = { $n ->
    [one] 1 item for “{ $query }”
   *[other] { $n } items for “{ $query }”
}
items-none = Nothing was found.
items-none-next = Try other words, or call for advice: {""}
promised-in = { $period }
visits = { $n ->
    [0] No visit needed
    [one] 1 visit
   *[other] { $n } visits
}
visits-count = { $n ->
    [0] None
   *[other] { $n }
}

guide-print = Print this guide
guide-of-city = Item of the city
guide-contents = On this page
guide-promised = Promised time
guide-statutory = Statutory time
guide-visits = Visits needed
guide-fee = Fee
guide-fee-yes = There is a fee
guide-department = Department
guide-served = For whom
guide-conditions = Conditions
guide-no-conditions = There are no special conditions.
guide-materials = What to hand in
guide-no-materials = Nothing has to be handed in.
guide-process = Procedure
guide-special = Special procedures outside the time limit: {""}
guide-free = This item is free of charge.
guide-intermediaries = Intermediary services that the law requires (you choose whom): {""}
guide-result = What you get
guide-validity = valid for {""}
guide-where = Where to apply
guide-counter = Counter: {""}
guide-basis = Legal basis
guide-level = Level
guide-body = Nature of the body
guide-joint = Joint bodies
guide-code = Implementation code
guide-basic-code = Basic code
guide-version = Version
guide-questions = Questions people ask
material-issuer = From: {""}
material-originals = { $n ->
    [one] 1 original
   *[other] { $n } originals
}
material-copies = { $n ->
    [one] 1 copy
   *[other] { $n } copies
}
material-none = not to be handed in
step-within = within { $period }
step-outside = not counted in the time limit
fee-name = For what
fee-amount = How much
fee-basis = Basis

zones-title = Industry zones
zones-lead = Policy, talent, finance, law and technology for a local industry, in one place.
zones-none = This district has no zone yet. Every item of the law is served as usual: {""}
zone-services = Services of this zone
zone-back = Back to the zone
services-title = Value-added services
services-lead = Free services for enterprises and individuals, beyond the items of the law.
services-none = This district has no value-added service yet. Every item of the law is served as usual: {""}
service-promise = Answered: { $period }
service-begin = Apply
service-submit = Submit
service-refers = This is the place to go
service-refused = This can't be taken up for now
service-once-more = Fill it in once more

missing-tone = Unavailable for now
missing-title = “{ $plugin }” can't be shown for now
form-missing = This form can't be shown for now. Please try again later.
form-kept = Nothing was submitted. All that you typed is still below; you can submit it again later.
form-required-note = Everything that is not marked optional has to be filled in.
form-choose = Please choose
form-error = Error: {""}
form-errors = { $n ->
    [one] 1 thing has to be changed
   *[other] { $n } things have to be changed
}
form-title-wrong = To be changed: { $title }
form-stale = The page lay open too long, and nothing was submitted yet
form-stale-detail = All that you typed is still here. Please look through it and submit it once more.
chart-table = Show the numbers
chart-about = { $series }: { $from } in { $first }, { $to } in { $last }.
apply-title = Apply online
