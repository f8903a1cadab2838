use clients_contract::contract::clients::PROMISES;
use clients_contract::generate::mutate::{Witnesses, mutants};
use clients_contract::{Contract, Schema, Validator, clients};

#[test]
fn breaches_of_every_place_kill_the_mutants() {
    let contract = Contract::clients();
    let schema = contract.schema().as_value();
    let mut all = Witnesses::of(schema);
    for breach in clients::catalogue().smallest() {
        let body = breach.body.to_text();
        let judgement = contract.validator().validate(body.as_bytes());
        all.add(body.as_bytes(), judgement.valid, &judgement.findings);
    }
    let judge = |weaker| {
        let validator = Validator::of_valid(&Schema::from_value(weaker), PROMISES);
        move |body: &[u8]| {
            let judgement = validator.validate(body);
            (judgement.valid, judgement.findings)
        }
    };
    let mutants = mutants(schema);
    let alive: Vec<_> = mutants
        .iter()
        .filter(|mutant| all.killer(mutant, || judge(mutant.apply(schema))).is_none())
        .map(|mutant| format!("{} at {}", mutant.operator, mutant.schema_pointer))
        .collect();
    assert!(alive.is_empty(), "{} of {} mutants live: {alive:#?}", alive.len(), mutants.len());
}
