# Wordings of policies.
policies-title = Policies
policies-lead = What the district and the city give: conditions, procedure, time and money. Most of it needs no application.
policies-search = Look for a policy
policies-find = Find
policies-count =
    { $n ->
        [one] One policy
       *[other] { $n } policies
    }
policies-none = There is no such policy.
policy-of-city = Of the whole city
policy-until = Until { $day }
policy-do-i = Do I get it?
policy-not-open = It can’t be had at the moment
policy-money = Amount
policy-months = for { $n } months
policy-at-most = At most
policy-promised = Paid within
policy-since = In force since
policy-opens = Opens
policy-closes = Closes
policy-no-end = No end
policy-conditions = Conditions
policy-by-data = These are compared with the registers; you need no proof:
policy-procedure = Procedure
policy-direct = Without an application: whoever meets the conditions is told, says yes, and is paid.
policy-on-claim = On application: claim it under “Policies for me”; what is known is not asked again.
policy-version = Version { $n }
policy-ask = Advice
my-policies-title = Policies for me
my-policies-of = For { $name }
my-policies-own = Each policy held against what registers and you yourself say.
my-policies-met = Yours ({ $n })
my-policies-none-met = None is certain yet. Below are those where one thing is missing, and those where something isn’t known.
my-policies-near = One thing is missing ({ $n })
my-policies-unknown = Something isn’t known ({ $n })
my-policies-other = { $n } other policies don’t apply.
my-policies-show = Show them
my-policies-tell = Tell us, and we know
my-policies-tell-detail = It is voluntary and used for this alone; a register’s word comes first, and you can take yours back.
my-policies-known = What is known
my-policies-known-detail = Each with its source and date; if one is wrong, its source can mend it.
policy-yes = Yes
policy-no = No
policy-unit-yuan = yuan
policy-unit-industry = GB/T 4754 code, e.g. C307
policy-unit-district = division code, e.g. 411081
policy-fact-decides =
    { $n ->
        [one] It decides one policy
       *[other] It decides { $n } policies
    }
policy-fact-source = Usually said by: 
policy-fact-say = Say it
policy-fact-forget = Take it back
policy-fact-wrong = “{ $fact }” isn’t written as it should be: mind its unit and form
policy-fact-not-yours = A register says this; it can’t be said by yourself
policy-added-by = Added by { $plugin }
policy-you-get = You get: 
policy-claim = Claim it
policy-desk-title = Writing policies
policy-new = A new policy
policy-edit = Change a policy
policy-not-yours = Another department’s
policy-withdrawn = Withdrawn
policy-run = Matching everybody
policy-run-seen = { $n } looked at
policy-run-met = { $n } met
policy-run-unknown = { $n } not known
policy-run-now = { $n } meet it now
policy-id = Id (a-z, 0-9, -)
policy-title = Title
policy-title-en = Title in English, if any
policy-summary = Summary
policy-summary-en = Summary in English, if any
policy-benefit = What one gets
policy-way = How one gets it
policy-condition = Condition
policy-count = How many would match?
policy-counted = { $met } match, of { $unknown } something isn’t known, { $total } in all (everybody counted)
policy-estimated = About { $met } match, of about { $unknown } something isn’t known, { $total } in all (reckoned from a sample of { $seen })
policy-amount = Amount, if it is money
policy-months-field = Months, if it is paid monthly
policy-at-most-field = At most, in yuan, if there is a bound
policy-days = Paid within so many working days
policy-procedure-field = Procedure, a step a line
policy-guide = What else the guide says
policy-basis = Basis: title of the document
policy-article = Article, if any
policy-document = Number of the document, if any
policy-telephone = Telephone for advice, if another than the hall’s
policy-publish = Publish the version
policy-facts = Facts that there are
policy-history = Versions
policy-withdraw = Withdraw the policy
policy-withdraw-detail = Nobody is matched from then on; claims that run keep their version.
policy-withdraw-reason = Why (it is public)
