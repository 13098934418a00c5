# Wordings of counters, booking, waiting numbers and home visits.
counters-title = Counters and booking
counters-lead = See how many wait now, or book a slot and be served when you come. Extended hours on Wednesdays; the comprehensive counter is open on Saturday mornings.
counters-none = No counter can be booked yet; please come to the hall.
counter-title = Book: { $name }
counter-called = Now serving number { $n }
counter-waiting =
    { $n ->
        [one] one waits
       *[other] { $n } wait
    }
counter-number = Number { $n }
counter-no-slots = No slot can be booked for now; please come to the hall and take a number.
counter-matter = What it is about
counter-advice = Advice
counter-full = taken
counter-left = { $n } left
counter-book = Book
counter-call = Call the next number
counter-walk-in = Give a number
counter-arrive = Has come: give a number
counter-time = Time
counters-day = A day at the counters
counters-show = Show
bookings-title = My bookings
bookings-none = No bookings yet.
bookings-case = See its case
bookings-cancel = Cancel
visit-title = Home visit
visit-lead = For those who really can't come (old age, disability, illness, pregnancy): staff come to your home, free of charge.
visit-matter = What it is about
visit-reason = Why the person can't come
visit-words = In your words
visit-township = Township
visit-address = Address
visit-telephone = Telephone
visit-day = Day
visit-order = Order the visit
visits-day = Round of home visits
visits-none = No home visits on this day.
visits-way = About { $n } km in all (out and back, as the crow flies)
visits-heuristic = A suggestion, not the shortest way there is: nearest first, then improved pair by pair, between the places of townships and not by road.
visits-start = Start:{" "}
visits-plan = Plan the visits of this day
visits-done = Done
visits-unplaced = Place unknown: fit them in by hand
