//! Article 35: invited supervisors' opinions are answered and followed up; an outside body evaluates.
