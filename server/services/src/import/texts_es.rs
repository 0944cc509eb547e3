//! Row errors in Spanish.

use super::problem::{Differs, Problem};

/// What is wrong.
pub fn message(problem: &Problem) -> String {
    use Problem as P;
    match problem {
        P::MappingSyntax { line, detail } => {
            format!("El archivo de correspondencias no es TOML válido (línea {line}): {detail}")
        }
        P::UnknownMappingKey { key, .. } => {
            format!("El archivo de correspondencias tiene una clave desconocida: «{key}».")
        }
        P::MappedTwice { key } => {
            format!("«{key}» está a la vez en [columns] y en [constants].")
        }
        P::WrongMappingValue { key } => {
            format!("El valor de «{key}» en el archivo de correspondencias no sirve.")
        }
        P::ConstantNotAllowed { key } => format!("«{key}» no puede ser igual en todas las filas."),
        P::BadDateFormat { format } => {
            format!("El formato de fecha «{format}» no dice día, mes y año.")
        }
        P::EmptyFile => "El archivo está vacío.".into(),
        P::NoRows => "El archivo solo tiene encabezado: no hay filas que importar.".into(),
        P::LegacyWorkbook => "El archivo es un libro de Excel antiguo (.xls).".into(),
        P::UnreadableWorkbook { detail } => format!("El libro de Excel no se puede leer: {detail}."),
        P::WorkbookTooLarge { megabytes, cells } => {
            format!("El libro de Excel pasa de {megabytes} MB o de {cells} celdas.")
        }
        P::FileChanged => "El archivo cambió mientras se leía.".into(),
        P::MissingColumn { ours, theirs: Some(theirs), .. } => {
            format!("Falta la columna «{theirs}», de la que debe salir {ours}.")
        }
        P::MissingColumn { ours, theirs: None, .. } => format!("Falta la columna obligatoria {ours}."),
        P::MissingDebtorColumn => {
            "Ninguna columna dice quién debe: falta debtor_document o debtor_name.".into()
        }
        P::DuplicateHeader => "El encabezado repite este nombre de columna.".into(),
        P::TotalTooLarge { currency } => {
            format!("La suma del archivo en {currency} es demasiado grande para los libros.")
        }
        P::RowTooLong { limit } => format!("La fila pasa de {limit} bytes; no se leyó lo que sigue."),
        P::NotUtf8 { byte } => format!("El texto no es UTF-8 (byte {byte} del archivo)."),
        P::FieldCount { expected, found } => {
            format!("La fila tiene {found} campos y el encabezado {expected}.")
        }
        P::Required => "El campo es obligatorio y está vacío.".into(),
        P::DebtorRequired => "La fila no dice quién debe: ni documento ni nombre.".into(),
        P::DuplicateId { value, first_line } => {
            format!("El número «{value}» ya está en la línea {first_line}.")
        }
        P::AlreadyDifferent { value, differs } => {
            let other = match differs {
                Differs::Debtor => "otro deudor",
                Differs::Currency => "otra moneda",
                Differs::DueOn => "otro vencimiento",
                Differs::Amounts => "otros importes iniciales",
            };
            format!("La cuenta «{value}» ya existe con {other}.")
        }
        P::TooManyRows { limit } => format!("El archivo tiene más de {limit} pagos."),
        P::UnknownAccount { value } => format!("El acreedor no tiene una cuenta «{value}»."),
        P::OtherCurrency { value, currency } => format!("La cuenta «{value}» está en {currency}."),
        P::PaymentDiffers { value } => {
            format!("Este pago de «{value}» ya se registró con otra cuenta, importe o fecha.")
        }
        P::NothingPaid => "El importe pagado es cero.".into(),
        P::FutureDate { value } => format!("La fecha «{value}» es futura."),
        P::SheetError { value } => format!("La celda contiene un error de la hoja: {value}."),
        P::BadDate { value, format } => format!("«{value}» no es una fecha con el formato {format}."),
        P::DateOrder { value } => format!("La fecha «{value}» es posterior al vencimiento."),
        P::NotANumber { value, .. } => format!("«{value}» no es un importe."),
        P::Negative { value } => format!("El importe «{value}» es negativo."),
        P::TooManyDecimals { value, currency, allowed, found } => {
            format!("«{value}» tiene {found} decimales; {currency} admite {allowed}.")
        }
        P::TooLarge { value } => format!("El importe «{value}» es demasiado grande."),
        P::UnknownCurrency { value } => format!("No se conoce la moneda «{value}»."),
        P::BadRate { value, .. } => format!("«{value}» no es una tasa en por ciento."),
        P::BadInteger { value } => format!("«{value}» no es un número entero entre 0 y 9999."),
        P::BadChoice { value, .. } => format!("«{value}» no es un valor admitido."),
        P::BadEmail { value } => format!("«{value}» no es una dirección de correo."),
        P::BadPhone { value } => format!("«{value}» no es un teléfono de su país."),
        P::BadCountry { value } => format!("«{value}» no es un país."),
        P::BadZone { value } => format!("«{value}» no es una zona horaria."),
        P::BadCoordinate { value, limit } => {
            format!("«{value}» no es una coordenada entre -{limit} y {limit} grados.")
        }
        P::CoordinateAlone => "Hay latitud sin longitud, o longitud sin latitud.".into(),
        P::TooLong { limit } => format!("El texto pasa de {limit} caracteres."),
    }
}

/// What to do about it.
pub fn remedy(problem: &Problem) -> String {
    use Problem as P;
    match problem {
        P::MappingSyntax { .. } => "Corrija esa línea; el README muestra un ejemplo.".into(),
        P::UnknownMappingKey { suggestion: Some(name), .. } => format!("¿Quiso decir «{name}»?"),
        P::UnknownMappingKey { suggestion: None, .. } => {
            "Quite la clave o use una de las columnas documentadas en el README.".into()
        }
        P::MappedTwice { .. } => "Deje solo una de las dos líneas.".into(),
        P::WrongMappingValue { .. } => {
            "Escriba un texto entre comillas; decimal admite \".\" y \",\".".into()
        }
        P::ConstantNotAllowed { .. } => "Indique en [columns] la columna que lo trae.".into(),
        P::BadDateFormat { .. } => "Use por ejemplo \"%Y-%m-%d\", \"%d/%m/%Y\" o \"%m/%d/%Y\".".into(),
        P::EmptyFile | P::NoRows => {
            "Exporte de nuevo el archivo con encabezado y una fila por cuenta.".into()
        }
        P::LegacyWorkbook => "Guárdelo como .xlsx o como CSV UTF-8.".into(),
        P::UnreadableWorkbook { .. } => "Ábralo en Excel y guárdelo otra vez como .xlsx.".into(),
        P::WorkbookTooLarge { .. } => "Guárdelo como CSV UTF-8, que no tiene límite.".into(),
        P::FileChanged => "Espere a que el archivo esté completo e impórtelo de nuevo.".into(),
        P::MissingColumn { suggestion: Some(name), .. } => {
            format!("¿Es la columna «{name}»? Indíquela en [columns].")
        }
        P::MissingColumn { ours, .. } => {
            format!(
                "Añada la columna, indique en [columns] {ours} = \"su encabezado\" o fíjela en [constants]."
            )
        }
        P::MissingDebtorColumn => {
            "Indique en [columns] debtor_document = \"su encabezado\", o debtor_name.".into()
        }
        P::DuplicateHeader => "Dé un nombre distinto a cada columna.".into(),
        P::TotalTooLarge { .. } => "Divida el archivo en varios o revise el signo decimal.".into(),
        P::RowTooLong { .. } => "Cierre la comilla que quedó abierta en esta fila.".into(),
        P::NotUtf8 { .. } => "Guarde el archivo como «CSV UTF-8».".into(),
        P::FieldCount { .. } => {
            "Revise separadores y comillas de la fila; un texto con separador va entre comillas.".into()
        }
        P::Required => "Complete la celda o fije el valor en [constants].".into(),
        P::DebtorRequired => "Complete el documento o el nombre del deudor.".into(),
        P::DuplicateId { .. } => "Deje una sola fila por cuenta o corrija el número.".into(),
        P::AlreadyDifferent { .. } => {
            "Quite la fila; los cambios de una cuenta ya importada se registran como pagos o ajustes.".into()
        }
        P::TooManyRows { .. } => "Divida el archivo en varios.".into(),
        P::UnknownAccount { .. } => "Corrija el número o importe primero la cartera.".into(),
        P::OtherCurrency { .. } => "Registre el pago en la moneda de la cuenta.".into(),
        P::PaymentDiffers { .. } => "Quite la fila; para corregir un pago, reviértalo.".into(),
        P::NothingPaid => "Quite la fila o corrija el importe.".into(),
        P::FutureDate { .. } => "Corrija la fecha en que se recibió el pago.".into(),
        P::SheetError { .. } => "Corrija la fórmula o escriba el valor.".into(),
        P::BadDate { .. } => "Corrija la fecha o indique su formato en [formats] date.".into(),
        P::DateOrder { .. } => "Revise ambas fechas; quizá día y mes están cambiados.".into(),
        P::NotANumber { mark, .. } => format!(
            "Escriba solo cifras, con «{mark}» para los decimales; otro signo se indica en [formats] decimal."
        ),
        P::Negative { .. } => "Escriba lo que se debe en positivo; un saldo a favor no se importa.".into(),
        P::TooManyDecimals { .. } => "Redondee el importe en origen y vuelva a exportar.".into(),
        P::TooLarge { .. } => "Revise el importe y el signo decimal.".into(),
        P::UnknownCurrency { .. } => "Use el código ISO 4217, por ejemplo MXN, COP o USD.".into(),
        P::BadRate { mark, .. } => {
            format!("Escriba la tasa anual entre 0 y 10000, con hasta 6 decimales, por ejemplo 36{mark}5.")
        }
        P::BadInteger { .. } => "Escriba solo cifras.".into(),
        P::BadChoice { allowed, .. } => format!("Use uno de: {allowed}."),
        P::BadEmail { .. } => "Corrija la dirección o deje la celda vacía.".into(),
        P::BadPhone { .. } => {
            "Escríbalo con prefijo internacional, por ejemplo +525512345678, o deje la celda vacía.".into()
        }
        P::BadCountry { .. } => "Use el código ISO de dos letras, por ejemplo MX o CO.".into(),
        P::BadZone { .. } => "Use una zona IANA, por ejemplo America/Mexico_City.".into(),
        P::BadCoordinate { .. } => "Escriba grados decimales, por ejemplo 19.4326.".into(),
        P::CoordinateAlone => "Complete las dos o deje vacías las dos.".into(),
        P::TooLong { .. } => "Acorte el texto.".into(),
    }
}
