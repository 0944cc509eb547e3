//! Neighbourhoods with their postal codes and centres, and streets that could be there.

/// A city of the demo book.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct City {
    pub country: &'static str,
    pub name: &'static str,
    pub region: &'static str,
    pub zone: &'static str,
    /// Area code and the first digits of numbers that no operator has given out.
    pub phone: &'static str,
    pub areas: &'static [Area],
}

/// A neighbourhood (colonia, barrio).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Area {
    pub name: &'static str,
    pub postal_code: &'static str,
    /// Centre, in hundred-thousandths of a degree.
    pub latitude_e5: i64,
    pub longitude_e5: i64,
}

const fn area(name: &'static str, postal_code: &'static str, latitude_e5: i64, longitude_e5: i64) -> Area {
    Area { name, postal_code, latitude_e5, longitude_e5 }
}

pub const MEXICO_CITY: City = City {
    country: "MX",
    name: "Ciudad de México",
    region: "CDMX",
    zone: "America/Mexico_City",
    phone: "+525500",
    areas: &[
        area("Roma Norte", "06700", 1_941_950, -9_916_200),
        area("Narvarte Poniente", "03020", 1_939_600, -9_915_400),
        area("Del Valle Centro", "03100", 1_938_500, -9_916_900),
        area("Portales Norte", "03303", 1_937_000, -9_914_200),
        area("Doctores", "06720", 1_941_600, -9_914_500),
        area("Obrera", "06800", 1_941_300, -9_913_800),
        area("Santa María la Ribera", "06400", 1_944_900, -9_915_800),
        area("Lindavista Norte", "07300", 1_949_600, -9_913_200),
        area("Álamos", "03400", 1_939_900, -9_914_100),
        area("Escandón", "11800", 1_940_200, -9_918_000),
        area("Anáhuac", "11320", 1_944_300, -9_917_400),
        area("Agrícola Oriental", "08500", 1_939_300, -9_907_300),
        area("Jardín Balbuena", "15900", 1_941_500, -9_910_300),
        area("Letrán Valle", "03650", 1_937_300, -9_915_500),
    ],
};

pub const GUADALAJARA: City = City {
    country: "MX",
    name: "Guadalajara",
    region: "Jalisco",
    zone: "America/Mexico_City",
    phone: "+523300",
    areas: &[
        area("Americana", "44160", 2_067_300, -10_336_700),
        area("Providencia", "44630", 2_069_600, -10_337_900),
        area("Chapalita", "45040", 2_066_300, -10_340_000),
        area("Santa Tere", "44600", 2_068_300, -10_336_600),
        area("Oblatos", "44380", 2_068_500, -10_330_400),
        area("Analco", "44450", 2_066_900, -10_333_900),
        area("Jardines del Bosque", "44520", 2_065_900, -10_338_600),
        area("Mezquitán", "44260", 2_068_900, -10_335_000),
    ],
};

pub const MONTERREY: City = City {
    country: "MX",
    name: "Monterrey",
    region: "Nuevo León",
    zone: "America/Monterrey",
    phone: "+528100",
    areas: &[
        area("Obispado", "64060", 2_567_300, -10_034_500),
        area("Mitras Centro", "64460", 2_569_200, -10_034_600),
        area("Contry", "64860", 2_563_600, -10_027_300),
        area("Cumbres", "64610", 2_572_300, -10_038_600),
    ],
};

pub const BOGOTA: City = City {
    country: "CO",
    name: "Bogotá",
    region: "Bogotá D. C.",
    zone: "America/Bogota",
    phone: "+573990",
    areas: &[
        area("Chapinero Central", "110231", 464_400, -7_406_500),
        area("Teusaquillo", "111311", 463_300, -7_407_700),
        area("Cedritos", "110131", 472_600, -7_403_700),
        area("Kennedy Central", "110831", 462_700, -7_415_100),
        area("Suba Centro", "111156", 474_400, -7_408_500),
        area("Restrepo", "111511", 458_700, -7_410_100),
        area("Engativá", "111061", 471_500, -7_411_300),
        area("Fontibón", "110921", 467_800, -7_414_200),
    ],
};

pub const MEDELLIN: City = City {
    country: "CO",
    name: "Medellín",
    region: "Antioquia",
    zone: "America/Bogota",
    phone: "+573994",
    areas: &[
        area("Laureles", "050031", 624_600, -7_559_200),
        area("Belén La Palma", "050026", 623_200, -7_560_400),
        area("El Poblado", "050021", 621_000, -7_557_100),
        area("Robledo", "050034", 628_100, -7_559_300),
        area("Aranjuez", "050010", 628_200, -7_556_000),
        area("Buenos Aires", "050016", 624_000, -7_555_300),
    ],
};

/// Streets of Mexican cities.
pub const STREETS: &[&str] = &[
    "Calle Durango",
    "Calle Morelia",
    "Av. Cuauhtémoc",
    "Calle Dr. Vértiz",
    "Calle Pestalozzi",
    "Calle Hidalgo",
    "Av. Juárez",
    "Calle Morelos",
    "Calle Allende",
    "Calle Pino Suárez",
    "Calle Matamoros",
    "Calle 5 de Mayo",
    "Calle Zaragoza",
    "Av. Revolución",
    "Calle Aldama",
    "Calle Libertad",
    "Privada Los Pinos",
    "Calle Niños Héroes",
    "Calle Abasolo",
    "Cerrada del Parque",
    "Calle Galeana",
    "Calle Guerrero",
    "Av. Universidad",
    "Calle Lago Chapala",
];
