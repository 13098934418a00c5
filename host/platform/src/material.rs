//! Materials 材料: taken in, offered again from the drawer, attached to cases, read by those whose affair they are.
//!
//! Invariant: a material is only known once its file is there, whole and acceptable; and who reads one stands in the audit
//! chain. A case's materials are seen by its applicant and by the staff who may see the case, by nobody else.

use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::Timestamp;
use lotus_domain::case::{CaseNumber, FollowSecret};
use lotus_domain::district::Division;
use lotus_domain::material::{Accepts, FileKey, Holder, Material, MaterialId, MediaType, Unacceptable, clean_name};
use lotus_objects::{Intake, ObjectError, Objects, Place};
use lotus_store::StoreError;

use crate::asker::{Asker, Denied};
use crate::case::CaseError;
use crate::draft::BrowserSecret;
use crate::start::Platform;
use crate::worklist::WorkError;

/// Longest name and purpose of a material, in characters.
const LONGEST: usize = 200;
/// Materials of a drawer that are shown.
const MOST: u32 = 200;

/// Why a material is not taken or not shown.
#[derive(Debug)]
pub enum MaterialError {
    /// The file is not acceptable, and why, in words.
    Unacceptable(Unacceptable),
    /// There is none, or it is not theirs: both look the same.
    NotFound,
    /// Not for whoever asks.
    Denied(Denied),
    /// The store of files, the scanner or the database is away.
    Unavailable,
}

impl From<ObjectError> for MaterialError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unacceptable(why) => Self::Unacceptable(why),
            ObjectError::NotFound => Self::NotFound,
            other => {
                tracing::error!(error = %other, "a file can't be kept or read");
                Self::Unavailable
            }
        }
    }
}

impl From<StoreError> for MaterialError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "materials can't be read or written");
        Self::Unavailable
    }
}

impl From<Denied> for MaterialError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unavailable => Self::Unavailable,
            denied => Self::Denied(denied),
        }
    }
}

impl From<CaseError> for MaterialError {
    fn from(error: CaseError) -> Self {
        if matches!(error, CaseError::Unavailable) { Self::Unavailable } else { Self::NotFound }
    }
}

impl From<WorkError> for MaterialError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Denied(denied) => denied.into(),
            WorkError::Case(error) => error.into(),
        }
    }
}

/// A material that is announced.
#[derive(Debug, Clone)]
pub struct Announced {
    /// As items call it in Chinese.
    pub name: String,
    /// What its file is called.
    pub file: String,
    /// What it is given for.
    pub purpose: String,
    /// What it may be.
    pub accepts: Accepts,
}

/// A material that is coming in.
#[derive(Debug)]
pub struct Arriving {
    intake: Intake,
    key: FileKey,
    place: Place,
    holder: Holder,
    announced: Announced,
}

impl Arriving {
    /// The next bytes of its file.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), MaterialError> {
        Ok(self.intake.write(bytes).await?)
    }
}

/// A material that is being read: its file's chunks, each authenticated.
pub struct Reading {
    /// It.
    pub material: Material,
    /// Its bytes.
    pub bytes: BoxStream<'static, Result<Bytes, ObjectError>>,
}

/// What a complainant gave: what they called it may name them.
fn veil(at: usize, material: &mut Material) {
    material.name = format!("附件{}", at + 1);
    material.file = format!("附件{}.{}", at + 1, material.media.extension());
    material.purpose = String::new();
}

impl Platform {
    fn objects(&self) -> Result<&Objects, MaterialError> {
        self.inner.objects.as_ref().ok_or_else(|| {
            tracing::error!("no store of files is configured");
            MaterialError::Unavailable
        })
    }

    /// Whose things are whose: an account's where somebody is signed in, else the browser's.
    pub fn holder(asker: &Asker, browser: Option<&BrowserSecret>) -> Option<Holder> {
        match asker.person() {
            Some(person) => Some(Holder::Account(person.account.id.clone())),
            None => browser.map(|secret| Holder::Browser(secret.hash())),
        }
    }

    /// Where a holder's drawer stands: people's in the city, so that every district finds it.
    pub fn drawer_of(&self, holder: &Holder, division: &Division) -> Division {
        match holder {
            Holder::Account(_) => self.city_division().unwrap_or_else(|| division.clone()),
            Holder::Browser(_) => division.clone(),
        }
    }

    /// Begins to take a material in.
    pub async fn material_begin(
        &self,
        division: &Division,
        holder: Holder,
        announced: Announced,
    ) -> Result<Arriving, MaterialError> {
        let key = self.store().file_key();
        let place = Place { division: self.drawer_of(&holder, division), id: MaterialId::new(rand::random()) };
        let intake = self.objects()?.take(&place, &key, announced.accepts.bound()).await?;
        Ok(Arriving { intake, key, place, holder, announced })
    }

    /// The file was all there: judged, kept, known.
    pub async fn material_finish(&self, asker: &Asker, arriving: Arriving) -> Result<Material, MaterialError> {
        let Arriving { intake, key, place, holder, announced } = arriving;
        let claimed = MediaType::of_name(&announced.file);
        let taken = match intake.finish(&announced.accepts, claimed).await {
            Ok(taken) => taken,
            Err(error) => {
                if let ObjectError::Unacceptable(Unacceptable::Infected(found)) = &error {
                    self.note(asker, &place.division, "material-refused", place.id.as_str(), found).await;
                }
                return Err(error.into());
            }
        };
        let bounded = |text: &str| text.trim().replace('\0', "").chars().take(LONGEST).collect::<String>();
        let name = bounded(&announced.name);
        let material = Material {
            id: place.id.clone(),
            holder,
            name: if name.is_empty() { clean_name(&announced.file) } else { name },
            file: clean_name(&announced.file),
            media: taken.media,
            size: taken.size,
            sha256: taken.sha256,
            verdict: taken.verdict,
            purpose: bounded(&announced.purpose),
            given: self.now(),
        };
        self.store().material_put(place.division.clone(), material.clone(), key).await?;
        self.note(asker, &place.division, "material-given", place.id.as_str(), "done").await;
        Ok(material)
    }

    /// A drawer, newest first; of one name alone where one is given.
    pub async fn drawer(
        &self,
        division: &Division,
        holder: &Holder,
        name: Option<&str>,
    ) -> Result<Vec<Material>, MaterialError> {
        let drawer = self.drawer_of(holder, division);
        Ok(self.store().material_list(&drawer, holder, name, MOST).await?)
    }

    /// One material of somebody's own drawer.
    pub async fn drawer_find(
        &self,
        division: &Division,
        holder: &Holder,
        id: &MaterialId,
    ) -> Result<Material, MaterialError> {
        let found = self.store().material_get(&self.drawer_of(holder, division), id).await?;
        let (material, _) = found.filter(|(material, _)| material.holder == *holder).ok_or(MaterialError::NotFound)?;
        Ok(material)
    }

    /// Reads a material of somebody's own drawer.
    pub async fn drawer_read(
        &self,
        asker: &Asker,
        division: &Division,
        holder: &Holder,
        id: &MaterialId,
    ) -> Result<Reading, MaterialError> {
        self.drawer_find(division, holder, id).await?;
        self.read(asker, &self.drawer_of(holder, division), id, "own").await
    }

    /// Takes a material out of somebody's own drawer. Cases that have it keep it.
    pub async fn drawer_take_out(
        &self,
        asker: &Asker,
        division: &Division,
        holder: &Holder,
        id: &MaterialId,
    ) -> Result<(), MaterialError> {
        let drawer = self.drawer_of(holder, division);
        if !self.store().material_take_out(drawer.clone(), holder.clone(), id.clone()).await? {
            return Err(MaterialError::NotFound);
        }
        self.note(asker, &drawer, "material-taken-out", id.as_str(), "done").await;
        Ok(())
    }

    async fn read(
        &self,
        asker: &Asker,
        drawer: &Division,
        id: &MaterialId,
        by: &str,
    ) -> Result<Reading, MaterialError> {
        let (material, key) = self.store().material_get(drawer, id).await?.ok_or(MaterialError::NotFound)?;
        let place = Place { division: drawer.clone(), id: id.clone() };
        let bytes = self.objects()?.read(&place, &key, material.size).await?;
        // Before the first byte leaves.
        self.note(asker, drawer, "material-read", id.as_str(), by).await;
        Ok(Reading { material, bytes })
    }

    /// Attaches a material to a case, for whoever has found out that it is theirs to do; whether it was not there before.
    pub async fn material_attach(
        &self,
        division: &Division,
        number: &CaseNumber,
        drawer: &Division,
        id: &MaterialId,
        by: Option<String>,
    ) -> Result<bool, StoreError> {
        let at: Timestamp = self.now();
        self.store().material_attach(division.clone(), number.clone(), drawer.clone(), id.clone(), by, at).await
    }

    /// Attaches one of the asker's own materials to one of the asker's own cases.
    pub async fn my_material_attach(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        id: &MaterialId,
    ) -> Result<(), MaterialError> {
        let holder = Self::holder(asker, None).ok_or(Denied::SignIn)?;
        let view = self.my_case(asker, number).await?;
        let view_protects = view.case.definition.protects_applicant;
        let division = view.case.division;
        self.drawer_find(&division, &holder, id).await?;
        let drawer = self.drawer_of(&holder, &division);
        let by = asker.name().filter(|_| !view_protects);
        if self.material_attach(&division, number, &drawer, id, by).await? {
            self.note(asker, &division, "material-attached", &format!("{number} {id}"), "done").await;
        }
        Ok(())
    }

    /// The materials of a case, in their order.
    pub async fn materials_of_case(
        &self,
        division: &Division,
        number: &CaseNumber,
    ) -> Result<Vec<Material>, StoreError> {
        let mut materials = Vec::new();
        for (drawer, id) in self.store().material_list_case(division, number).await? {
            materials.extend(self.store().material_get(&drawer, &id).await?.map(|(material, _)| material));
        }
        Ok(materials)
    }

    /// The materials of a case, for its own applicant who is signed in.
    pub async fn my_case_materials(&self, asker: &Asker, number: &CaseNumber) -> Result<Vec<Material>, MaterialError> {
        let view = self.my_case(asker, number).await?;
        Ok(self.materials_of_case(&view.case.division, number).await?)
    }

    /// The materials of a case, for the staff whose it is.
    pub async fn case_materials(&self, asker: &Asker, number: &CaseNumber) -> Result<Vec<Material>, MaterialError> {
        let view = self.case_see(asker, number).await?;
        let mut materials = self.materials_of_case(&view.case.division, number).await?;
        if view.case.definition.protects_applicant {
            materials.iter_mut().enumerate().for_each(|(at, material)| veil(at, material));
        }
        Ok(materials)
    }

    /// The materials of a case, for whoever holds its secret.
    pub async fn followed_materials(
        &self,
        number: &CaseNumber,
        secret: &FollowSecret,
    ) -> Result<Vec<Material>, MaterialError> {
        let view = self.case_follow(number, secret).await?;
        Ok(self.materials_of_case(&view.case.division, number).await?)
    }

    /// Reads a material of a case, for its own applicant who is signed in.
    pub async fn my_case_material(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        id: &MaterialId,
    ) -> Result<Reading, MaterialError> {
        let view = self.my_case(asker, number).await?;
        self.read_of_case(asker, &view.case.division, number, id).await
    }

    /// Reads a material of a case, for whoever holds the case's secret.
    pub async fn followed_material(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        secret: &FollowSecret,
        id: &MaterialId,
    ) -> Result<Reading, MaterialError> {
        let view = self.case_follow(number, secret).await?;
        self.read_of_case(asker, &view.case.division, number, id).await
    }

    /// Reads a material of a case, for the staff who may see the case.
    pub async fn case_material(
        &self,
        asker: &Asker,
        number: &CaseNumber,
        id: &MaterialId,
    ) -> Result<Reading, MaterialError> {
        let view = self.case_see(asker, number).await?;
        let mut reading = self.read_of_case(asker, &view.case.division, number, id).await?;
        if view.case.definition.protects_applicant {
            veil(0, &mut reading.material);
        }
        Ok(reading)
    }

    async fn read_of_case(
        &self,
        asker: &Asker,
        division: &Division,
        number: &CaseNumber,
        id: &MaterialId,
    ) -> Result<Reading, MaterialError> {
        let all = self.store().material_list_case(division, number).await?;
        let (drawer, id) = all.iter().find(|(_, known)| known == id).ok_or(MaterialError::NotFound)?;
        self.note(asker, division, "case-material-read", &format!("{number} {id}"), "done").await;
        self.read(asker, drawer, id, number.as_str()).await
    }

    /// What an item's material may be.
    pub fn accepts(&self, division: &Division, code: &str, name: &str) -> Option<Accepts> {
        let item = self.item(division, code)?;
        let material = item.item.materials.iter().find(|material| material.name.zh == name)?;
        Some(material.accepts.clone().unwrap_or_default())
    }
}
