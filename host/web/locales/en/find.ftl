# The wordings of the search.
find-title = Search
find-label = Search items, services, zones, policies and questions
find-short = Items, policies, services
find-meant = Did you mean:
find-kinds = By kind
find-all = All
find-item = Item
find-service = Service
find-zone = Zone
find-policy = Policy
find-question = Question
find-online = Online
find-count = “{ $query }”: { $n ->
    [one] 1 answer
   *[other] { $n } answers
}
find-shortened = That was too long: the first { $n } characters were used.
find-pages = Pages
find-before = Previous page
find-after = Next page
find-everywhere = Search the other districts too
find-here = Only this district and the city
find-none = Nothing was found. You can:
find-none-words = Say it otherwise or with fewer words; pinyin and first letters work too.
find-none-call = Call:
find-none-hall = Ask at a counter of the hall:
find-none-ask = Ask online, and the department answers
find-none-list = Look through all items
find-nothing-typed = Type a name, how you would say it, pinyin or first letters: “identity card”, “开饭店”, “gjj”.
find-away = The search is away for now; everything else works.
find-private-identity = This looks like an identity number: it was neither searched nor recorded.
find-private-telephone = This looks like a telephone number: it was neither searched nor recorded.
find-private-detail = The search finds guides and policies, and needs no number of yours. For your privacy, please don't type one here.
find-private-next = To look for your own cases, go to:
error-personal-query = A number of somebody's in the search
error-personal-query-detail = The words look as if they held an identity number or a telephone number. They were neither searched nor recorded.
error-personal-query-next = Search without the number; cases are found by their number and secret.
