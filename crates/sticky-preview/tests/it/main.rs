mod fonts;
mod golden;
mod hostile;
mod safety;
mod samples;
mod titles;
