import Integrations from "./integrations";

export const metadata = { title: "Integrations" };

export default function Page() {
  return (
    <main>
      <h1>Integrations</h1>
      <Integrations />
    </main>
  );
}
