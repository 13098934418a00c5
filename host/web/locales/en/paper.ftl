# Papers: what each is called, and the page that verifies one.
paper-title = Verify a paper
paper-accepted = Notice of acceptance
paper-not-accepted = Notice of non-acceptance
paper-correction = Notice of everything to be put right
paper-special = Notice of a special procedure
paper-extended = Notice of an extension
paper-granted = Decision: granted
paper-refused = Decision: refused
paper-genuine = This paper is genuine: it was issued on { $at } and is unchanged.
paper-altered = What we have on record is not what was issued. Please call the supervision number.
paper-kind = Paper
paper-number = Number
paper-office = Issued by
paper-matter = Matter
paper-compare = Please compare this with the paper in your hands.
case-earlier = Earlier events
case-newest = Back to the newest events
