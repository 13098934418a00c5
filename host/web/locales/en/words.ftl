# The vocabulary of the national standards and the regulation; dates, time limits, money.
item-type-licence = Licence
item-type-penalty = Penalty
item-type-coercion = Coercive measure
item-type-levy = Levy
item-type-payment = Payment
item-type-inspection = Inspection
item-type-confirmation = Confirmation
item-type-reward = Reward
item-type-adjudication = Adjudication
item-type-other-power = Other power
item-type-public-service = Public service
level-nation = National
level-province = Provincial
level-city = Municipal
level-county = County
level-township = Township
level-village = Village
level-by-level = By level
body-statutory-organ = Statutory organ
body-authorised = Authorised organisation
body-entrusted = Entrusted organisation
body-other = Other
served-natural-person = individuals
served-enterprise = enterprises
served-public-institution = public institutions
served-social-organisation = social organisations
served-administrative-organ = administrative organs
served-other = other organisations
handling-on-the-spot = Decided on the spot
handling-promised = Decided within the promise
handling-other = Other handling
channel-online = Wholly online
channel-online-partly = Online, finished on site
channel-hall = Counter in the hall
channel-terminal = Self-service terminal
channel-courier = By post
channel-home-visit = At home
field-policy = Policy
field-talent = Talent
field-finance = Finance
field-law = Law
field-science-and-technology = Technology
role-applicant = Applicant
role-clerk = Counter clerk
role-handler = Case handler
role-department-head = Head of department
role-helper = Helper
role-desk = Grievance desk
role-supervision = Supervision
role-system = The platform
tone-info = Good to know
tone-good = Good news
tone-attention = Please note
tone-urgent = Urgent
ending-answer = answered
ending-refused = refused with a reason
ending-trap = crashed
ending-timed-out = timed out
ending-over-limit = over a limit
ending-denied = not granted
ending-incompatible = against the contract

period-at-once = on the spot
period-hour = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
period-day = { $n ->
    [one] 1 day
   *[other] { $n } days
}
period-working-day = { $n ->
    [one] 1 working day
   *[other] { $n } working days
}
period-month = { $n ->
    [one] 1 month
   *[other] { $n } months
}
period-year = { $n ->
    [one] 1 year
   *[other] { $n } years
}
left-today = due today
left-days = { $n ->
    [one] 1 working day left
   *[other] { $n } working days left
}
left-over = { $n ->
    [one] 1 working day overdue
   *[other] { $n } working days overdue
}
money = { $amount } yuan
day = { $weekday }, { $day } { $month } { $year }
moment = { $day }, { $clock }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
