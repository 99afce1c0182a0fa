/* Calls the static library, which brings nothing of Rust's runtime with it. */
int wsc_no_std(void);

/* The ready-made `core` was compiled for unwinding and names this; without unwinding nobody calls it. */
void rust_eh_personality(void) {}

int main(void) { return wsc_no_std(); }
