//! How a line of the index becomes a function that asks whichever database there is.

/// Writes one function of [`Store`] for each line.
macro_rules! index {
    ($($(#[$doc:meta])* $vis:vis $mode:ident $room:ident :: $name:ident ($($arg:ident : $kind:ty),*) -> $out:ty;)*) => {
        impl Store { $( index! { @$mode [$(#[$doc])* $vis] $room $name ($($arg: $kind),*) $out } )* }
    };
    (@read [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
            match &self.database {
                Database::Sqlite(database) => {
                    let mut db = database.reader().await?;
                    sqlite::$room::$name(&mut db, $($arg),*).await
                }
                Database::Postgres(database) => {
                    let mut db = database.reader().await?;
                    postgres::$room::$name(&mut db, $($arg),*).await
                }
            }
        }
    };
    (@open [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($division:ident : $of:ty $(, $arg:ident : $kind:ty)*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $division: $of $(, $arg: $kind)*) -> Result<$out, StoreError> {
            let mut keys = self.keys($division).await?;
            let mut again = false;
            loop {
                let found = match &self.database {
                    Database::Sqlite(database) => {
                        let mut db = database.reader().await?;
                        sqlite::$room::$name(&mut db, &keys, $division $(, $arg)*).await
                    }
                    Database::Postgres(database) => {
                        let mut db = database.reader().await?;
                        postgres::$room::$name(&mut db, &keys, $division $(, $arg)*).await
                    }
                };
                match found {
                    // Another replica has made a new key since.
                    Err(StoreError::Sealed(SealError::UnknownKey(_))) if !again => {
                        again = true;
                        keys = self.keys_load($division).await?;
                    }
                    found => return found,
                }
            }
        }
    };
    (@seal [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($division:ident : $of:ty $(, $arg:ident : $kind:ty)*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $division: $of $(, $arg: $kind)*) -> Result<$out, StoreError> {
            let given = Arc::new(($division, $($arg,)*));
            let mut keys = self.keys(&given.0).await?;
            let mut again = false;
            loop {
                let (held, told) = (Arc::clone(&keys), Arc::clone(&given));
                let done = match &self.database {
                    Database::Sqlite(database) => {
                        database.write(Box::new(move |db| {
                            let (keys, given) = (Arc::clone(&held), Arc::clone(&told));
                            Box::pin(async move {
                                let ($division, $($arg,)*) = &*given;
                                sqlite::$room::$name(db, &keys, $division $(, $arg)*).await
                            })
                        })).await
                    }
                    Database::Postgres(database) => {
                        database.write(Box::new(move |db| {
                            let (keys, given) = (Arc::clone(&held), Arc::clone(&told));
                            Box::pin(async move {
                                let ($division, $($arg,)*) = &*given;
                                postgres::$room::$name(db, &keys, $division $(, $arg)*).await
                            })
                        })).await
                    }
                };
                match done {
                    // A write that reads first met what another replica sealed with a new key.
                    Err(StoreError::Sealed(SealError::UnknownKey(_))) if !again => {
                        again = true;
                        keys = self.keys_load(&given.0).await?;
                    }
                    done => return done,
                }
            }
        }
    };
    (@write [$(#[$doc:meta])* $vis:vis] $room:ident $name:ident ($($arg:ident : $kind:ty),*) $out:ty) => {
        $(#[$doc])*
        $vis async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
            let given = Arc::new(($($arg,)*));
            match &self.database {
                Database::Sqlite(database) => {
                    database.write(Box::new(move |db| {
                        let given = Arc::clone(&given);
                        Box::pin(async move {
                            let ($($arg,)*) = &*given;
                            sqlite::$room::$name(db, $($arg),*).await
                        })
                    })).await
                }
                Database::Postgres(database) => {
                    database.write(Box::new(move |db| {
                        let given = Arc::clone(&given);
                        Box::pin(async move {
                            let ($($arg,)*) = &*given;
                            postgres::$room::$name(db, $($arg),*).await
                        })
                    })).await
                }
            }
        }
    };
}
