//! Writes a specimen receipt, to look at the design and to time it:
//! `cargo run -p documents --example specimen -- receipt.json receipt.pdf`

use std::time::Instant;

use documents::{Lang, ReceiptData, payment_receipt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: specimen DATA.json OUT.pdf".into());
    };
    let data: ReceiptData = serde_json::from_slice(&std::fs::read(input)?)?;
    for _ in 0..3 {
        let start = Instant::now();
        let bytes = payment_receipt(&data, Lang::Es)?;
        println!("{} bytes in {} ms", bytes.len(), start.elapsed().as_millis());
        std::fs::write(&output, bytes)?;
    }
    Ok(())
}
